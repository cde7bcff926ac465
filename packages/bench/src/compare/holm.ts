/**
 * Several comparisons at once: the more one looks, the more chance shows. S. Holm, A Simple
 * Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6 (1979).
 */

/**
 * Adjusted p values in the order given: rejecting those below α errs with at most the chance α in
 * any of them, whatever their dependence.
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => (ps[a] ?? 0) - (ps[b] ?? 0));
  const adjusted = new Array<number>(ps.length).fill(1);
  let floor = 0;
  order.forEach((index, rank) => {
    floor = Math.max(floor, Math.min(1, (ps.length - rank) * (ps[index] ?? 1)));
    adjusted[index] = floor;
  });
  return adjusted;
}

/**
 * The level at which Holm tests each p value, in the order given: an interval at it excludes no
 * difference exactly where the adjusted p is below `alpha`. From the first that is not rejected on,
 * all are at that one's level.
 */
export function holmLevels(ps: readonly number[], alpha: number): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => (ps[a] ?? 0) - (ps[b] ?? 0));
  const levels = new Array<number>(ps.length).fill(alpha);
  let stoppedAt: number | undefined;
  order.forEach((index, rank) => {
    const level = stoppedAt ?? alpha / (ps.length - rank);
    levels[index] = level;
    if ((ps[index] ?? 1) >= level) stoppedAt ??= level;
  });
  return levels;
}
