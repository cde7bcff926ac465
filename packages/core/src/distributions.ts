/**
 * Probability distributions of durations, each sampled from one uniform number.
 *
 * `sampleAt(u)` turns a number u in [0, 1) into a duration, and does nothing else: the same u at
 * the same backend is the same work, whichever strategy sent it there and whether the backend is
 * a simulated server or a real process. All values come from core's own log and exp, so they
 * are equal on every machine.
 */

import { exp, log, pow } from './math.ts';
import { normalQuantile } from './normal.ts';

/** A distribution of non-negative values. */
export interface Distribution {
  readonly mean: number;
  /** Variance / mean²: 0 for constants, 1 for the exponential; Infinity where the variance is. */
  readonly squaredCv: number;
  /** The value for u in [0, 1); uniform u give values of this distribution. Does not allocate. */
  sampleAt(u: number): number;
}

/** Always the same. */
export function constant(mean: number): Distribution {
  return { mean, squaredCv: 0, sampleAt: () => mean };
}

/** Memoryless; the inverse of 1 − e^(−x/mean). */
export function exponential(mean: number): Distribution {
  return { mean, squaredCv: 1, sampleAt: (u) => -mean * log(1 - u) };
}

/** e^N(μ, σ²): a long but not heavy tail. `sigma` is the standard deviation of the logarithm. */
export function lognormal(mean: number, sigma: number): Distribution {
  const median = mean * exp((-sigma * sigma) / 2);
  return {
    mean,
    squaredCv: exp(sigma * sigma) - 1,
    sampleAt: (u) => median * exp(sigma * normalQuantile(u)),
  };
}

/**
 * P(X > x) = (x₀/x)^shape: a heavy tail, whose variance is infinite up to shape 2. Needs shape > 1.
 */
export function pareto(mean: number, shape: number): Distribution {
  const smallest = (mean * (shape - 1)) / shape;
  const exponent = -1 / shape;
  return {
    mean,
    squaredCv: shape > 2 ? 1 / (shape * (shape - 2)) : Infinity,
    sampleAt: (u) => smallest * pow(1 - u, exponent),
  };
}

/** `slow` with probability `slowShare`, else `fast`: cache hits and misses. */
export function bimodal(fast: number, slow: number, slowShare: number): Distribution {
  const mean = fast * (1 - slowShare) + slow * slowShare;
  const spread = slow - fast;
  return {
    mean,
    squaredCv: (slowShare * (1 - slowShare) * spread * spread) / (mean * mean),
    sampleAt: (u) => (u < 1 - slowShare ? fast : slow),
  };
}

/**
 * A mixture of two exponentials with balanced means (each contributes half of the mean): any
 * coefficient of variation `cv` ≥ 1. The first part of u chooses the branch, its remainder the
 * value.
 */
export function hyperexponential(mean: number, cv: number): Distribution {
  const squaredCv = cv * cv;
  const p = (1 + Math.sqrt((squaredCv - 1) / (squaredCv + 1))) / 2;
  const shortMean = mean / (2 * p);
  const longMean = mean / (2 * (1 - p));
  return {
    mean,
    squaredCv,
    sampleAt: (u) => (u < p ? -shortMean * log(1 - u / p) : -longMean * log((1 - u) / (1 - p))),
  };
}

/**
 * What a recorded run looked like: linear interpolation between its sorted samples (at least one).
 */
export function empirical(samples: readonly number[]): Distribution {
  const sorted = Float64Array.from(samples).sort();
  const last = sorted.length - 1;
  const at = (i: number): number => sorted[i] as number;
  if (last === 0) return constant(at(0));
  let sum = 0;
  let sumOfSquares = 0;
  for (let i = 0; i < last; i++) {
    const [a, b] = [at(i), at(i + 1)];
    sum += (a + b) / 2;
    sumOfSquares += (a * a + a * b + b * b) / 3; // the second moment of a straight piece
  }
  const mean = sum / last;
  return {
    mean,
    squaredCv: mean > 0 ? Math.max(0, sumOfSquares / last / (mean * mean) - 1) : 0,
    sampleAt(u) {
      const position = u * last;
      const i = Math.floor(position);
      return at(i) + (at(i + 1) - at(i)) * (position - i);
    },
  };
}
