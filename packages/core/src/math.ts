/**
 * Natural logarithm, exponential and power, the same to the last bit on every machine.
 *
 * ECMAScript leaves the precision of `Math.log` and `Math.exp` to the engine, so two browsers may
 * draw different service times from one seed. These use only + − × ÷, comparison and the bit
 * pattern of a double, all of which IEEE 754 fixes; that makes a simulated run's hash comparable
 * between Node, browsers and processors. Results lie within 2 ulp of the true value.
 */

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const HIGH = LITTLE_ENDIAN ? 1 : 0;

/** One double and its two halves: the portable way to read an exponent. */
const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

const EXPONENT_BIAS = 1023;
const MANTISSA_HIGH_BITS = 20;
const SMALLEST_NORMAL = 2 ** -1022;

/** 2^k at k + EXPONENT_BIAS, for −1023 ≤ k ≤ 1023: multiplying is quicker than patching bits. */
const POWERS_OF_TWO = new Float64Array(2 * EXPONENT_BIAS + 1);
POWERS_OF_TWO[EXPONENT_BIAS] = 1;
for (let k = 1; k <= EXPONENT_BIAS; k++) {
  POWERS_OF_TWO[EXPONENT_BIAS + k] = 2 * (POWERS_OF_TWO[EXPONENT_BIAS + k - 1] as number);
  POWERS_OF_TWO[EXPONENT_BIAS - k] = (POWERS_OF_TWO[EXPONENT_BIAS - k + 1] as number) / 2;
}

// ln 2 in two parts: the high one ends in zero bits, so that k · LN2_HIGH is exact for any exponent k.
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const LOG2_E = Math.LOG2E;

// e^x overflows above the first and rounds to 0 below the second.
const EXP_MAX = 709.782712893384;
const EXP_MIN = -745.1332191019412;

/** 2^k for −1023 ≤ k ≤ 1023. */
function powerOfTwo(k: number): number {
  return POWERS_OF_TWO[k + EXPONENT_BIAS] as number;
}

/** floor(log₂ x) for a normal x > 0. */
function exponentOf(x: number): number {
  double[0] = x;
  return ((halves[HIGH] as number) >>> MANTISSA_HIGH_BITS) - EXPONENT_BIAS;
}

/**
 * The natural logarithm of x; −Infinity at 0, NaN below.
 *
 * Writes x = 2^k · m with m in [√½, √2) and sums log m = 2·atanh(s), s = (m−1)/(m+1): with
 * |s| ≤ 0.172 the series is exact to half an ulp after eleven terms.
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  if (x < SMALLEST_NORMAL) return log(x * powerOfTwo(54)) - 54 * Math.LN2;
  let k = exponentOf(x);
  let m = x * powerOfTwo(-k);
  if (m > Math.SQRT2) {
    m *= 0.5;
    k += 1;
  }
  const f = m - 1;
  const s = f / (m + 1);
  const z = s * s;
  // Odd and even powers apart: two short chains that a processor runs side by side.
  const w = z * z;
  const even = w * (1 / 5 + w * (1 / 9 + w * (1 / 13 + w * (1 / 17 + w * (1 / 21)))));
  const odd = z * (1 / 3 + w * (1 / 7 + w * (1 / 11 + w * (1 / 15 + w * (1 / 19 + w * (1 / 23))))));
  const series = even + odd;
  // log m = 2s + 2s·series, and 2s = f − s·f: the second form keeps f's own bits.
  return k * LN2_HIGH + (f - (s * (f - 2 * series) - k * LN2_LOW));
}

/**
 * e to the power of x; Infinity above 709.78, 0 below −745.13.
 *
 * Writes x = k·ln 2 + r with |r| ≤ 0.347 and sums the power series of e^r to its fourteenth term.
 */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > EXP_MAX) return Infinity;
  if (x < EXP_MIN) return 0;
  const k = Math.round(x * LOG2_E);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1 / 6227020800;
  sum = sum * r + 1 / 479001600;
  sum = sum * r + 1 / 39916800;
  sum = sum * r + 1 / 3628800;
  sum = sum * r + 1 / 362880;
  sum = sum * r + 1 / 40320;
  sum = sum * r + 1 / 5040;
  sum = sum * r + 1 / 720;
  sum = sum * r + 1 / 120;
  sum = sum * r + 1 / 24;
  sum = sum * r + 1 / 6;
  sum = sum * r + 1 / 2;
  const result = 1 + (r + r * r * sum);
  // Two steps, because 2^k alone may lie outside the range of normal numbers.
  if (k > 1023) return result * 2 * powerOfTwo(k - 1);
  if (k < -1022) return result * powerOfTwo(k + 54) * powerOfTwo(-54);
  return result * powerOfTwo(k);
}

/** x to the power of y for x ≥ 0, as e^(y·log x): relative error grows as |y·log x| · 2^-53. */
export function pow(x: number, y: number): number {
  if (x === 0) return y > 0 ? 0 : y === 0 ? 1 : Infinity;
  return exp(y * log(x));
}
