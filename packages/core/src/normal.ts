/**
 * The quantile of the standard normal distribution, equal on every machine: what the lognormal
 * distribution is sampled through.
 */

import { log } from './math.ts';

/** Σ c_i · x^i, highest power last. */
function polynomial(coefficients: Float64Array, x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + (coefficients[i] as number);
  return sum;
}

// Wichura's rational approximations PPND16: numerator and denominator for the middle and the tails.
// His third pair, for probabilities below e^-25, is never needed: see SMALLEST_PROBABILITY.
const MIDDLE_TOP = Float64Array.of(
  3.3871328727963665,
  133.14166789178438,
  1971.5909503065513,
  13731.69376550946,
  45921.95393154987,
  67265.7709270087,
  33430.57558358813,
  2509.0809287301227,
);
const MIDDLE_BOTTOM = Float64Array.of(
  1,
  42.31333070160091,
  687.1870074920579,
  5394.196021424751,
  21213.794301586597,
  39307.89580009271,
  28729.085735721943,
  5226.495278852854,
);
const TAIL_TOP = Float64Array.of(
  1.4234371107496835,
  4.630337846156546,
  5.769497221460691,
  3.6478483247632045,
  1.2704582524523684,
  0.2417807251774506,
  0.022723844989269184,
  0.0007745450142783414,
);
const TAIL_BOTTOM = Float64Array.of(
  1,
  2.053191626637759,
  1.6763848301838038,
  0.6897673349851,
  0.14810397642748008,
  0.015198666563616457,
  0.0005475938084995345,
  1.0507500716444169e-9,
);
/** The smallest probability that is told from 0: half of the generator's step of 2^-32. */
const SMALLEST_PROBABILITY = 2 ** -33;

/**
 * The standard normal quantile: x with P(N ≤ x) = p. Algorithm AS 241 (M. J. Wichura, Applied
 * Statistics 37, 1988), about 16 digits. p is kept within [2^-33, 1 − 2^-33], that is ±6.3.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(MIDDLE_TOP, r)) / polynomial(MIDDLE_BOTTOM, r);
  }
  const tail = Math.max(q < 0 ? p : 1 - p, SMALLEST_PROBABILITY);
  const r = Math.sqrt(-log(tail));
  const x = polynomial(TAIL_TOP, r - 1.6) / polynomial(TAIL_BOTTOM, r - 1.6);
  return q < 0 ? -x : x;
}
