/**
 * Recent latency percentiles in constant memory: a histogram with buckets that grow by an eighth of
 * their power of two (so that a percentile is at most 12.5 % too high), kept for the present and the
 * last period, so that what is shown covers between one and two periods.
 */

const PERIOD_MS = 10_000;
/** Buckets per power of two. */
const STEPS = 8;
/** Down to 2^-7 ms, about 8 µs. */
const LOWEST_POWER = -7;
/** Up to 2^22 ms, about an hour. */
const HIGHEST_POWER = 22;
const BUCKETS = (HIGHEST_POWER - LOWEST_POWER) * STEPS;

/** Percentiles of the last 10 to 20 seconds. */
export class LatencyWindow {
  #present = new Uint32Array(BUCKETS);
  #last = new Uint32Array(BUCKETS);
  #endsMs = Number.NEGATIVE_INFINITY;

  record(latencyMs: number, nowMs: number): void {
    if (nowMs >= this.#endsMs) this.#turn(nowMs);
    const bucket = bucketOf(latencyMs);
    this.#present[bucket] = (this.#present[bucket] ?? 0) + 1;
  }

  /**
   * The latencies below which these shares of the requests lie, or null where there were none.
   * @param shares ascending, in (0, 1]
   */
  percentiles(shares: readonly number[], nowMs: number): (number | null)[] {
    if (nowMs >= this.#endsMs) this.#turn(nowMs);
    const counts = this.#present.map((count, bucket) => count + (this.#last[bucket] ?? 0));
    const total = counts.reduce((a, b) => a + b, 0);
    if (total === 0) return shares.map(() => null);
    let bucket = 0;
    let below = counts[0] ?? 0;
    return shares.map((share) => {
      while (below < share * total && bucket < BUCKETS - 1) {
        bucket += 1;
        below += counts[bucket] ?? 0;
      }
      return upperEdgeMs(bucket);
    });
  }

  #turn(nowMs: number): void {
    const isLong = nowMs >= this.#endsMs + PERIOD_MS;
    [this.#present, this.#last] = [this.#last, this.#present];
    this.#present.fill(0);
    if (isLong) this.#last.fill(0);
    this.#endsMs = nowMs + PERIOD_MS;
  }
}

function bucketOf(latencyMs: number): number {
  const power = Math.max(LOWEST_POWER, Math.floor(Math.log2(latencyMs)));
  const share = Math.max(0, latencyMs / 2 ** power - 1);
  const bucket = (power - LOWEST_POWER) * STEPS + Math.floor(share * STEPS);
  return Math.min(BUCKETS - 1, bucket);
}

function upperEdgeMs(bucket: number): number {
  const power = LOWEST_POWER + Math.floor(bucket / STEPS);
  return 2 ** power * (1 + ((bucket % STEPS) + 1) / STEPS);
}
