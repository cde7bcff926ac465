/**
 * The bias-corrected and accelerated bootstrap for a mean: B. Efron, Better Bootstrap Confidence
 * Intervals, JASA 82 (1987); Efron and Tibshirani, An Introduction to the Bootstrap, chapter 14.
 */

import { normalQuantile, type Random } from '@evenkeel/core';
import { errorFunction, mean } from 'simple-statistics';

const RESAMPLES = 4_000;

const normalCdf = (z: number): number => 0.5 * (1 + errorFunction(z / Math.SQRT2));

export interface BcaInterval {
  readonly low: number;
  readonly high: number;
  /** The largest level whose interval still has zero outside, turned into a two-sided p value. */
  readonly p: number;
}

/** Of at least two values that are not all equal. */
export function bcaInterval(
  values: readonly number[],
  confidence: number,
  random: Random,
): BcaInterval {
  const means = resampledMeans(values, random);
  const bias = normalQuantile(shareBelow(means, mean([...values])));
  const acceleration = accelerationOf(values);
  const endpoint = (level: number): number => {
    const z = bias + normalQuantile(level);
    return quantileOf(means, normalCdf(bias + z / (1 - acceleration * z)));
  };
  const tail = (1 - confidence) / 2;
  // The same map backwards: at which level would zero be the endpoint?
  const u = normalQuantile(shareBelow(means, 0)) - bias;
  const level = normalCdf(u / (1 + acceleration * u) - bias);
  const p = Math.max(2 * Math.min(level, 1 - level), 1 / RESAMPLES);
  return { low: endpoint(tail), high: endpoint(1 - tail), p: Math.min(1, p) };
}

function resampledMeans(values: readonly number[], random: Random): Float64Array {
  const means = new Float64Array(RESAMPLES);
  for (let r = 0; r < RESAMPLES; r++) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[random.below(values.length)] ?? 0;
    means[r] = sum / values.length;
  }
  return means.sort();
}

/** Equal ones count half; kept off 0 and 1, where the normal quantile has no end. */
function shareBelow(sorted: Float64Array, value: number): number {
  let below = 0;
  for (const each of sorted) below += each < value ? 1 : each === value ? 0.5 : 0;
  return Math.min(1 - 0.5 / RESAMPLES, Math.max(0.5 / RESAMPLES, below / RESAMPLES));
}

/** From the jackknife: a sixth of the skewness of the leave-one-out means. */
function accelerationOf(values: readonly number[]): number {
  const centre = mean([...values]);
  let squares = 0;
  let cubes = 0;
  // The leave-one-out mean differs from their mean by −(value − centre)/(n − 1): n cancels out.
  for (const value of values) {
    const deviation = value - centre;
    squares += deviation ** 2;
    cubes += deviation ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

function quantileOf(sorted: Float64Array, p: number): number {
  const index = Math.min(sorted.length - 1, Math.max(0, Math.floor(p * sorted.length)));
  return sorted[index] ?? Number.NaN;
}
