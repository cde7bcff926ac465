/**
 * Student's t distribution for a whole number of degrees of freedom, where it has a closed form:
 * Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4. Exact to rounding,
 * and short; rounds are few, so the sums are too.
 */

/** P(|T| ≤ t) for t ≥ 0 and `df` = 1, 2, 3 … */
export function centralProbability(t: number, df: number): number {
  const theta = Math.atan(t / Math.sqrt(df));
  const cosine = Math.cos(theta);
  const odd = df % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = 0;
  for (let k = odd ? 1 : 0; k <= df - 2; k += 2) {
    sum += term;
    term *= ((k + 1) / (k + 2)) * cosine * cosine;
  }
  const area = Math.sin(theta) * sum;
  return odd ? (2 / Math.PI) * (theta + area) : area;
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
