/** Percentiles of a few samples at hand. */

import { samplesNeeded } from '@evenkeel/report';

/** The smallest sample that at least the share `p` does not exceed (nearest rank); NaN of none. */
export function nearestRank(sorted: readonly number[] | Float64Array, p: number): number {
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}

/** As `nearestRank`, but null where there are too few samples to say. */
export function exactPercentileOrNull(sorted: readonly number[], p: number): number | null {
  return sorted.length < samplesNeeded(p) ? null : nearestRank(sorted, p);
}
