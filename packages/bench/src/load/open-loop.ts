/**
 * The open-loop generator: every request has an intended send time and is sent then, whether or not
 * the ones before it were answered. A closed loop waits for slow answers and so sends least exactly
 * when the subject is slowest ("coordinated omission", Gil Tene); here latency is counted from the
 * intended time, and how late the sends really were is reported beside it.
 */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Pool } from 'undici';
import {
  type Ending,
  endingCode,
  type Job,
  NO_BACKEND,
  type Progress,
  type Samples,
  UNENDED,
} from './job.ts';
import { RequestOnTheWire } from './request.ts';

const PROGRESS_EVERY_MS = 250;
const LAG_RESOLUTION_MS = 5;
/** Codes of one octet; the last one says that no backend was named. */
const MAX_BACKENDS = 254;

/** Runs a job to its end: all requests sent, each ended or given up after `timeoutMs`. */
export async function runOpenLoop(
  job: Job,
  onProgress: (progress: Progress) => void = () => {},
): Promise<Samples> {
  return await new OpenLoop(job, onProgress).run();
}

class OpenLoop {
  readonly #job: Job;
  readonly #onProgress: (progress: Progress) => void;
  readonly #pools: readonly Pool[];
  readonly #body: string;
  readonly #sentMs: Float64Array;
  readonly #endedMs: Float64Array;
  readonly #ending: Uint8Array;
  readonly #backend: Uint8Array;
  readonly #backends: string[] = [];
  /** In order of sending, and so of their deadlines: one timer serves them all. */
  readonly #waiting: RequestOnTheWire[] = [];
  #firstWaiting = 0;
  #next = 0;
  #inFlight = 0;
  #ok = 0;
  #startedMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #finish: () => void = () => {};

  constructor(job: Job, onProgress: (progress: Progress) => void) {
    this.#job = job;
    this.#onProgress = onProgress;
    this.#pools = job.targets.map(
      (origin) =>
        new Pool(origin, {
          connections: job.maxInFlight,
          pipelining: 1,
          allowH2: false,
          // The deadline of a request is kept here, for all of its stages at once.
          connectTimeout: job.timeoutMs,
          headersTimeout: 0,
          bodyTimeout: 0,
        }),
    );
    this.#body = 'x'.repeat(job.bodyBytes);
    const count = job.atMs.length;
    this.#sentMs = new Float64Array(count);
    this.#endedMs = new Float64Array(count);
    this.#ending = new Uint8Array(count).fill(UNENDED);
    this.#backend = new Uint8Array(count).fill(NO_BACKEND);
  }

  async run(): Promise<Samples> {
    const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
    lag.enable();
    const cpu = process.cpuUsage();
    const startedEpochMs = performance.timeOrigin + performance.now();
    this.#startedMs = performance.now();
    const progress = setInterval(() => this.#report(), PROGRESS_EVERY_MS);
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    this.#tick();
    await finished;
    clearInterval(progress);
    lag.disable();
    const used = process.cpuUsage(cpu);
    const elapsedMs = this.#nowMs();
    await Promise.all(this.#pools.map((pool) => pool.destroy()));
    return {
      startedEpochMs,
      sentMs: this.#sentMs,
      endedMs: this.#endedMs,
      ending: this.#ending,
      backend: this.#backend,
      backends: this.#backends,
      loopLagP99Ms: Math.max(0, lag.percentile(99) / 1e6 - LAG_RESOLUTION_MS),
      cpu: (used.user + used.system) / 1000 / elapsedMs,
    };
  }

  #nowMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** Sends what is due, gives up what is overdue, and sleeps until the next of either. */
  #tick(): void {
    clearTimeout(this.#timer);
    const { atMs, maxInFlight } = this.#job;
    let nowMs = this.#nowMs();
    while (this.#next < atMs.length && this.#inFlight < maxInFlight && this.#dueMs() <= nowMs) {
      this.#send(this.#next++, nowMs);
      nowMs = this.#nowMs();
    }
    const deadlineMs = this.#giveUpOverdue(nowMs);
    if (this.#next === atMs.length && this.#inFlight === 0) {
      this.#finish();
      return;
    }
    const sendMs = this.#inFlight < maxInFlight ? this.#dueMs() : Number.POSITIVE_INFINITY;
    this.#timer = setTimeout(() => this.#tick(), Math.min(sendMs, deadlineMs) - nowMs);
  }

  #dueMs(): number {
    return this.#job.atMs[this.#next] ?? Number.POSITIVE_INFINITY;
  }

  /** Returns the deadline of the oldest request still waiting. */
  #giveUpOverdue(nowMs: number): number {
    for (; this.#firstWaiting < this.#waiting.length; this.#firstWaiting++) {
      const oldest = this.#waiting[this.#firstWaiting];
      if (oldest === undefined || oldest.ended) continue;
      const deadlineMs = (this.#sentMs[oldest.index] ?? 0) + this.#job.timeoutMs;
      if (deadlineMs > nowMs) {
        this.#forgetEnded();
        return deadlineMs;
      }
      oldest.overdue();
    }
    this.#forgetEnded();
    return Number.POSITIVE_INFINITY;
  }

  #forgetEnded(): void {
    if (this.#firstWaiting < 1024) return;
    this.#waiting.splice(0, this.#firstWaiting);
    this.#firstWaiting = 0;
  }

  #send(index: number, nowMs: number): void {
    const { idPrefix, post, work, key } = this.#job;
    const pool = this.#pools[index % this.#pools.length];
    if (pool === undefined) throw new RangeError('a job needs a target');
    const request = new RequestOnTheWire(index, this.#ended);
    this.#sentMs[index] = nowMs;
    this.#inFlight++;
    this.#waiting.push(request);
    const isPost = post[index] === 1;
    pool.dispatch(
      {
        path: '/',
        method: isPost ? 'POST' : 'GET',
        headers: [
          'x-request-id',
          `${idPrefix}${index}`,
          'x-work',
          String(work[index]),
          'x-key',
          key[index] ?? '',
        ],
        body: isPost ? this.#body : null,
      },
      request,
    );
  }

  readonly #ended = (index: number, ending: Ending, backend: string): void => {
    this.#endedMs[index] = this.#nowMs();
    this.#ending[index] = endingCode(ending);
    this.#backend[index] = this.#backendIndex(backend);
    if (ending === 'ok') this.#ok++;
    const wasFull = this.#inFlight === this.#job.maxInFlight;
    this.#inFlight--;
    const isLast = this.#next === this.#job.atMs.length && this.#inFlight === 0;
    if (wasFull || isLast) setImmediate(() => this.#tick());
  };

  #backendIndex(backend: string): number {
    if (backend === '') return NO_BACKEND;
    const known = this.#backends.indexOf(backend);
    if (known >= 0) return known;
    if (this.#backends.length === MAX_BACKENDS) return NO_BACKEND;
    return this.#backends.push(backend) - 1;
  }

  #report(): void {
    const ended = this.#next - this.#inFlight;
    this.#onProgress({ elapsedMs: this.#nowMs(), sent: this.#next, ended, ok: this.#ok });
  }
}
