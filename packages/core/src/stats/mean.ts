/** Means of independent values, how far chance reaches, and the interval that says so. */

import { centralQuantile } from './student.ts';

/** Arithmetic mean; NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation of the mean of independent values, estimated from them; NaN of fewer than two. */
export function standardError(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) * (value - centre), 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/** Student's interval of the mean of at least two independent values. */
export function meanInterval(
  values: readonly number[],
  confidence = 0.95,
): [low: number, high: number] {
  const centre = mean(values);
  const half = centralQuantile(confidence, values.length - 1) * standardError(values);
  return [centre - half, centre + half];
}
