/** Percentiles of a few samples at hand. */

/** The smallest sample that at least the share `p` does not exceed (nearest rank); NaN of none. */
export function nearestRank(sorted: readonly number[] | Float64Array, p: number): number {
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}
