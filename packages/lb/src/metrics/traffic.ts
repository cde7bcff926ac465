/**
 * What requests, connections and probes have come to, in plain counters: the hot path only adds
 * numbers up, and everything else (labels, percentiles, text) is made when it is asked for.
 */

import type { Failed, Outcome, ProbeResult } from '@evenkeel/core';
import type {
  ConnectionLimit,
  FrontObserver,
  RequestObservation,
  RequestRecord,
} from '../observer.ts';
import { LatencyWindow } from './latency-window.ts';

/** Upper edges of the duration histogram's buckets, in seconds. */
export const DURATION_EDGES_S = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

const STATUS_MAX = 599;

/** The counters of one backend; those of requests that reached none have the id ''. */
export class BackendTraffic {
  /** Requests by the status that the client got. */
  readonly byStatus: Float64Array = new Float64Array(STATUS_MAX + 1);
  readonly latency: LatencyWindow = new LatencyWindow();
  connectionsCreated = 0;
  probesPassed = 0;
  probesFailed = 0;
  /** The last failure of an attempt or a probe, in a few words. */
  lastError: string | undefined = undefined;
}

/** Counts for all backends of all services. */
export class Traffic implements FrontObserver {
  /** Requests by duration; the last bucket is for those above the last edge. */
  readonly durations: Float64Array = new Float64Array(DURATION_EDGES_S.length + 1);
  durationSumMs = 0;
  /** Client connections refused, by the limit that they met. */
  readonly refused: Record<ConnectionLimit, number> = { connections: 0, connectionsPerAddress: 0 };
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Of requests that reached no backend. */
  readonly #none = new BackendTraffic();
  readonly #backends = new Map([['', this.#none]]);

  constructor(now: () => number) {
    this.now = now;
  }

  get backends(): ReadonlyMap<string, BackendTraffic> {
    return this.#backends;
  }

  /** Counts for a backend from now on, or goes on counting. */
  add(backend: string): void {
    if (!this.#backends.has(backend)) this.#backends.set(backend, new BackendTraffic());
  }

  /** Ends the counts of a backend that has left, which would otherwise pile up. */
  forget(backend: string): void {
    this.#backends.delete(backend);
  }

  requestEnded(_request: RequestRecord, observed: RequestObservation): void {
    // A request can end long after its last attempt, when that backend has left.
    const traffic = this.#backends.get(observed.backend) ?? this.#none;
    const status = Math.min(observed.status, STATUS_MAX);
    traffic.byStatus[status] = (traffic.byStatus[status] ?? 0) + 1;
    const bucket = bucketOf(observed.durationMs / 1000);
    this.durations[bucket] = (this.durations[bucket] ?? 0) + 1;
    this.durationSumMs += observed.durationMs;
    if (observed.firstByteMs > 0) traffic.latency.record(observed.firstByteMs, this.now());
  }

  connectionRefused(limit: ConnectionLimit): void {
    this.refused[limit] += 1;
  }

  upstreamCreated(backend: string): void {
    const traffic = this.#backends.get(backend);
    if (traffic !== undefined) traffic.connectionsCreated += 1;
  }

  attemptEnded(backend: string, outcome: Outcome): void {
    const traffic = this.#backends.get(backend);
    if (outcome.kind === 'failed' && traffic !== undefined) traffic.lastError = described(outcome);
  }

  probeEnded(backend: string, result: ProbeResult): void {
    const traffic = this.#backends.get(backend);
    if (traffic === undefined) return;
    if (result.ok) traffic.probesPassed += 1;
    else {
      traffic.probesFailed += 1;
      traffic.lastError = `health check: ${result.detail ?? 'no answer'}`;
    }
  }
}

function bucketOf(seconds: number): number {
  let bucket = 0;
  while (seconds > (DURATION_EDGES_S[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
  return bucket;
}

const CAUSES: Readonly<Record<Failed['cause'], string>> = {
  refused: 'connection refused',
  'connect-timeout': 'no connection in time',
  timeout: 'no answer in time',
  reset: 'connection reset',
  protocol: 'not a valid answer',
  status: 'status',
};

function described({ cause, status }: Failed): string {
  return status === undefined ? CAUSES[cause] : `${CAUSES[cause]} ${status}`;
}
