/** Notes what becomes of each request of a run, and how the generator's own process fared meanwhile. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  type ClientOutcome,
  clientOutcomeCode,
  NO_BACKEND,
  type Samples,
  UNFINISHED,
} from './job.ts';

const LAG_RESOLUTION_MS = 5;
/** Codes of one byte; the last one says that no backend was named. */
const MAX_BACKENDS = 254;

/** Request `i` has to be sent before it ends, and ends once. */
export class Recorder {
  readonly #sentMs: Float64Array;
  readonly #endedMs: Float64Array;
  readonly #outcome: Uint8Array;
  readonly #backend: Uint8Array;
  readonly #backends: string[] = [];
  readonly #lag: ReturnType<typeof monitorEventLoopDelay>;
  readonly #cpu: NodeJS.CpuUsage = process.cpuUsage();
  readonly #createdMs: number = performance.now();
  readonly #startedMs: number;
  #ok = 0;

  /**
   * `capacity`: as many requests as there may be; `startEpochMs`: the start of the run (ms since 1970), which
   * may be still to come.
   */
  constructor(capacity: number, startEpochMs: number = performance.timeOrigin + performance.now()) {
    this.#startedMs = startEpochMs - performance.timeOrigin;
    this.#sentMs = new Float64Array(capacity);
    this.#endedMs = new Float64Array(capacity);
    this.#outcome = new Uint8Array(capacity).fill(UNFINISHED);
    this.#backend = new Uint8Array(capacity).fill(NO_BACKEND);
    this.#lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
    this.#lag.enable();
  }

  /** Requests that ended well so far. */
  get ok(): number {
    return this.#ok;
  }

  /** From the start of the run; negative before it. */
  nowMs(): number {
    return performance.now() - this.#startedMs;
  }

  sentMs(index: number): number {
    return this.#sentMs[index] ?? 0;
  }

  sent(index: number, atMs: number): void {
    this.#sentMs[index] = atMs;
  }

  /** @param backend the one that answered, or '' */
  ended(index: number, atMs: number, outcome: ClientOutcome, backend: string): void {
    this.#endedMs[index] = atMs;
    this.#outcome[index] = clientOutcomeCode(outcome);
    this.#backend[index] = this.#backendCode(backend);
    if (outcome === 'ok') this.#ok++;
  }

  /** Ends the run; `count` requests have been sent. */
  finish(count: number, cutShort: string | null): Samples {
    this.#lag.disable();
    const used = process.cpuUsage(this.#cpu);
    const aliveMs = performance.now() - this.#createdMs;
    return {
      startedEpochMs: performance.timeOrigin + this.#startedMs,
      sentMs: this.#sentMs.slice(0, count),
      endedMs: this.#endedMs.slice(0, count),
      outcome: this.#outcome.slice(0, count),
      backend: this.#backend.slice(0, count),
      backends: this.#backends,
      processes: [
        {
          loopLagP99Ms: Math.max(0, this.#lag.percentile(99) / 1e6 - LAG_RESOLUTION_MS),
          cpu: (used.user + used.system) / 1000 / aliveMs,
        },
      ],
      cutShort,
    };
  }

  #backendCode(backend: string): number {
    if (backend === '') return NO_BACKEND;
    const known = this.#backends.indexOf(backend);
    if (known >= 0) return known;
    if (this.#backends.length === MAX_BACKENDS) return NO_BACKEND;
    return this.#backends.push(backend) - 1;
  }
}
