/**
 * The mean of a few paired differences, with a 95 % interval and a p value against zero, by Student's t
 * whatever their number: it covers what it promises for normal values and errs on the safe side for
 * heavy tails. The bootstrap (BCa) of 12 to 20 values had 8 to 14 % false positives at 5 %.
 */

import { centralQuantile, mean, standardError, twoSidedP } from '@evenkeel/core/stats';

export const CONFIDENCE = 0.95;
/** The chance to see a difference as large as `detectable`, if there is one. */
const POWER = 0.8;

export interface Estimate {
  readonly n: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Of a mean this far from zero, were the true one zero. */
  readonly p: number;
  readonly standardError: number;
}

/** Of at least two values. */
export function estimate(values: readonly number[], confidence: number = CONFIDENCE): Estimate {
  if (values.length < 2) throw new RangeError('an interval needs at least two values');
  const n = values.length;
  const centre = mean(values);
  const error = standardError(values);
  const half = centralQuantile(confidence, n - 1) * error;
  const p = error === 0 ? Number(centre === 0) : twoSidedP(centre / error, n - 1);
  return { n, mean: centre, low: centre - half, high: centre + half, p, standardError: error };
}

/** What such an interval of a mean, at `CONFIDENCE` over `n` values, was made from. */
export function estimateOfInterval(
  centre: number,
  low: number,
  high: number,
  n: number,
): Pick<Estimate, 'n' | 'mean' | 'standardError'> {
  const standardErrorOfIt = (high - low) / 2 / centralQuantile(CONFIDENCE, n - 1);
  return { n, mean: centre, standardError: standardErrorOfIt };
}

/** The second mean less the first, of two independent samples that may differ in spread (Welch 1947). */
export function welch(
  first: Pick<Estimate, 'n' | 'mean' | 'standardError'>,
  second: Pick<Estimate, 'n' | 'mean' | 'standardError'>,
  confidence: number,
): { readonly mean: number; readonly low: number; readonly high: number } {
  const centre = second.mean - first.mean;
  const [v1, v2] = [first.standardError ** 2, second.standardError ** 2];
  if (v1 + v2 === 0) return { mean: centre, low: centre, high: centre };
  const df = (v1 + v2) ** 2 / (v1 ** 2 / (first.n - 1) + v2 ** 2 / (second.n - 1));
  // Rounded down, to the safe side: the closed form is of whole degrees of freedom.
  const half = centralQuantile(confidence, Math.max(1, Math.floor(df))) * Math.sqrt(v1 + v2);
  return { mean: centre, low: centre - half, high: centre + half };
}

/**
 * The smallest true mean that such an experiment would most likely (four times of five) have told
 * from zero at level `alpha`: (t at alpha, two-sided + t at the power, one-sided) · standard error.
 */
export function detectableMean({ n, standardError: error }: Estimate, alpha: number): number {
  const df = n - 1;
  return (centralQuantile(1 - alpha, df) + centralQuantile(2 * POWER - 1, df)) * error;
}

/** Beyond this many rounds the answer is only that more are needed. */
const ROUNDS_MAX = 1_000;

/**
 * The smallest number of rounds whose detectable difference is `difference`, were they as noisy as
 * these; null where even a thousand would not do.
 */
export function roundsToSee(difference: number, found: Estimate, alpha: number): number | null {
  const deviation = found.standardError * Math.sqrt(found.n);
  const isEnough = (n: number): boolean => {
    const planned = { ...found, n, standardError: deviation / Math.sqrt(n) };
    return detectableMean(planned, alpha) <= difference;
  };
  if (!isEnough(ROUNDS_MAX)) return null;
  let [low, high] = [1, ROUNDS_MAX];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
