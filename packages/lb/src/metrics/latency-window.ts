/**
 * Recent latency percentiles in constant memory: a histogram of whole microseconds in which a power of
 * two is cut into eight buckets (so that a percentile is at most 12.5 % too high), kept for the present
 * and the last period, so that what is shown covers between one and two periods.
 */

const PERIOD_MS = 10_000;
/** Buckets per power of two: 2^3. */
const STEP_BITS = 3;
const STEPS = 1 << STEP_BITS;
/** Longer latencies, above 35 minutes, count as this one. */
const MICROSECONDS_MAX = 0x7fff_ffff;
const BUCKETS = bucketOf(MICROSECONDS_MAX / 1000) + 1;

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

/** Below 8 µs a bucket per microsecond; above, eight for each power of two. */
function bucketOf(latencyMs: number): number {
  const us = Math.min(MICROSECONDS_MAX, latencyMs * 1000) | 0;
  if (us < STEPS) return us;
  const power = 31 - Math.clz32(us);
  const step = (us >>> (power - STEP_BITS)) & (STEPS - 1);
  return (power - STEP_BITS + 1) * STEPS + step;
}

function upperEdgeMs(bucket: number): number {
  if (bucket < STEPS) return (bucket + 1) / 1000;
  const scale = 2 ** (Math.floor(bucket / STEPS) - 1);
  return (scale * (STEPS + (bucket % STEPS) + 1)) / 1000;
}
