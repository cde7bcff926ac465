/** Durations counted into the buckets of a Prometheus histogram. */

/** Upper edges of the buckets, in seconds. */
export const DURATION_EDGES_S = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

export class Durations {
  /** By bucket, not cumulative; the last one is for what is above the last edge. */
  readonly counts: Float64Array = new Float64Array(DURATION_EDGES_S.length + 1);
  sumMs = 0;

  record(durationMs: number): void {
    const seconds = durationMs / 1000;
    let bucket = 0;
    while (seconds > (DURATION_EDGES_S[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sumMs += durationMs;
  }
}
