/**
 * The mean of a few paired differences, with a 95 % interval and a p value against zero. Up to 11
 * of them by Student's t, which is right for normal ones and near enough for others; from 12 on by
 * the BCa bootstrap, which assumes no shape but needs enough of them to resample.
 */

import type { Random } from '@evenkeel/core';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { bcaInterval } from './bootstrap.ts';
import { centralQuantile, twoSidedP } from './student.ts';

export const CONFIDENCE = 0.95;
/** The chance to see a difference as large as `detectable`, if there is one. */
const POWER = 0.8;
const BOOTSTRAP_FROM = 12;

export interface Estimate {
  readonly n: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Of a mean this far from zero, were the true one zero. */
  readonly p: number;
  readonly standardError: number;
}

/** Of at least two values; `random` is drawn from only for the bootstrap. */
export function estimate(values: readonly number[], random: Random): Estimate {
  if (values.length < 2) throw new RangeError('an interval needs at least two values');
  const n = values.length;
  const average = mean([...values]);
  const standardError = sampleStandardDeviation([...values]) / Math.sqrt(n);
  if (standardError === 0) {
    return {
      n,
      mean: average,
      low: average,
      high: average,
      p: average === 0 ? 1 : 0,
      standardError,
    };
  }
  if (n >= BOOTSTRAP_FROM) {
    return { n, mean: average, standardError, ...bcaInterval(values, CONFIDENCE, random) };
  }
  const half = centralQuantile(CONFIDENCE, n - 1) * standardError;
  const p = twoSidedP(average / standardError, n - 1);
  return { n, mean: average, low: average - half, high: average + half, p, standardError };
}

/**
 * The smallest true mean that such an experiment would most likely (four times of five) have told
 * from zero at level `alpha`: (t at alpha, two-sided + t at the power, one-sided) · standard error.
 */
export function detectableMean({ n, standardError }: Estimate, alpha: number): number {
  const df = n - 1;
  return (centralQuantile(1 - alpha, df) + centralQuantile(2 * POWER - 1, df)) * standardError;
}
