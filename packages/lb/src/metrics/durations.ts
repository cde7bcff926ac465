/** Durations counted into the buckets of a Prometheus histogram, and where traces are kept an example for each bucket. */

import type { RequestTrace } from '../observer.ts';

/** Upper edges of the buckets for requests, in seconds. */
export const DURATION_EDGES_S = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** Upper edges of the buckets for connections, which may last for days. */
export const SESSION_EDGES_S = [0.01, 0.1, 1, 10, 60, 300, 1_800, 3_600, 14_400, 86_400] as const;

/** A request whose trace can be looked at. */
export interface Exemplar {
  readonly traceId: string;
  readonly seconds: number;
  /** When it ended, since 1970. */
  readonly atSeconds: number;
}

export class Durations {
  readonly edges: readonly number[];
  /** By bucket, not cumulative; the last one is for what is above the last edge. */
  readonly counts: Float64Array;
  /** The last one of each bucket; empty while nothing is traced. */
  readonly exemplars: (Exemplar | undefined)[] = [];
  sumMs = 0;

  /** @param edges upper edges of the buckets in seconds, ascending */
  constructor(edges: readonly number[] = DURATION_EDGES_S) {
    this.edges = edges;
    this.counts = new Float64Array(edges.length + 1);
  }

  /** @param trace the one that it belongs to; only one that is kept is an example */
  record(durationMs: number, trace?: RequestTrace): void {
    const seconds = durationMs / 1000;
    const { edges, counts } = this;
    let bucket = 0;
    while (seconds > (edges[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    this.sumMs += durationMs;
    if (trace?.isSampled !== true) return;
    const { traceId } = trace;
    this.exemplars[bucket] = { traceId, seconds, atSeconds: Date.now() / 1000 };
  }
}
