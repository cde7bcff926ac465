/**
 * Student's t distribution for a whole number of degrees of freedom, where it has a closed form:
 * Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4. Exact to rounding,
 * and the same on every machine.
 */

/** Of the series, with the angle halved three times before it: what is left out is below 2^-53. */
const TERMS = 14;

/** The angle whose tangent is x ≥ 0: halved until the power series converges fast. */
function arcTangent(x: number): number {
  let t = x;
  for (let i = 0; i < 3; i++) t = t / (1 + Math.sqrt(1 + t * t));
  const square = t * t;
  let sum = 0;
  for (let k = TERMS; k >= 0; k--) sum = 1 / (2 * k + 1) - square * sum;
  return 8 * t * sum;
}

/** Beyond this t squared would overflow; the probability is 1 long before. */
const T_MAX = 1e100;

/** P(|T| ≤ value) for a value ≥ 0 and `df` = 1, 2, 3 … degrees of freedom. */
export function centralProbability(value: number, df: number): number {
  const t = Math.min(value, T_MAX);
  const cosine2 = df / (df + t * t);
  const isOdd = df % 2 === 1;
  let term = isOdd ? Math.sqrt(cosine2) : 1;
  let sum = 0;
  for (let k = isOdd ? 1 : 0; k <= df - 2; k += 2) {
    sum += term;
    term *= ((k + 1) / (k + 2)) * cosine2;
  }
  const area = (t / Math.sqrt(df + t * t)) * sum;
  return isOdd ? (2 / Math.PI) * (arcTangent(t / Math.sqrt(df)) + area) : area;
}

/** P(|T| > |t|): the p value of a two-sided test. */
export function twoSidedP(t: number, df: number): number {
  return Math.max(0, 1 - centralProbability(Math.abs(t), df));
}

/** The t with P(|T| ≤ t) = `confidence`, in [0, 1). Found by halving: the probability grows with t. */
export function centralQuantile(confidence: number, df: number): number {
  let high = 1;
  while (centralProbability(high, df) < confidence) high *= 2;
  let low = 0;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (centralProbability(middle, df) < confidence) low = middle;
    else high = middle;
  }
  return high;
}
