/** How evenly was something shared out? */

/**
 * Jain's index (R. Jain, 1984): 1 when all shares are equal, 1/n when one has everything. NaN for nothing.
 */
export function jainIndex(shares: readonly number[]): number {
  let sum = 0;
  let squares = 0;
  for (const share of shares) {
    sum += share;
    squares += share * share;
  }
  return (sum * sum) / (shares.length * squares);
}

/** The largest share in units of the mean one: 1 when all are equal. NaN for nothing. */
export function maxOverMean(shares: readonly number[]): number {
  const sum = shares.reduce((a, b) => a + b, 0);
  return (Math.max(...shares) * shares.length) / sum;
}
