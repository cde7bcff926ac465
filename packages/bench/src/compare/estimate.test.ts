import { type Random, seededRandom } from '@evenkeel/core';
import { describe, expect, it } from 'vitest';
import { gaussian } from '../../test/support/synthetic.ts';
import { detectableMean, estimate } from './estimate.ts';

const EXPERIMENTS = 1_000;

/** Share of experiments whose 95 % interval holds the true mean. */
function coverage(n: number, trueMean: number, draw: (random: Random) => number): number {
  const random = seededRandom(7);
  let covered = 0;
  for (let i = 0; i < EXPERIMENTS; i++) {
    const { low, high } = estimate(Array.from({ length: n }, () => draw(random)));
    if (low <= trueMean && trueMean <= high) covered++;
  }
  return covered / EXPERIMENTS;
}

describe('the interval of a mean', () => {
  // Differences of logarithms: normal ones, heavy tails (Student's with 3 degrees of freedom), and a
  // skew as strong as an exponential's. 950 ± 3 standard deviations of a binomial of 1,000 at 0.95 is
  // 0.93 to 0.97; a heavy tail may cover more, a strong skew somewhat less.
  const normal = (random: Random): number => 0.2 * gaussian(random);
  const heavy = (random: Random): number => {
    const squares = [1, 2, 3].reduce((sum) => sum + gaussian(random) ** 2, 0);
    return (0.2 * gaussian(random)) / Math.sqrt(squares / 3);
  };
  const skewed = (random: Random): number => -0.2 * Math.log(1 - random.next()) - 0.2;
  it.each([
    ['normal', 3, normal, 0.93, 0.97],
    ['normal', 6, normal, 0.93, 0.97],
    ['normal', 12, normal, 0.93, 0.97],
    ['normal', 20, normal, 0.93, 0.97],
    ['heavy', 6, heavy, 0.94, 0.99],
    ['heavy', 12, heavy, 0.94, 0.99],
    ['heavy', 20, heavy, 0.94, 0.99],
    ['skewed', 6, skewed, 0.87, 0.97],
    ['skewed', 12, skewed, 0.89, 0.97],
    ['skewed', 20, skewed, 0.9, 0.97],
  ] as const)('covers the truth about 95 times of 100: %s, %i values', (_, n, draw, low, high) => {
    const covered = coverage(n, 0, draw);
    expect(covered).toBeGreaterThan(low);
    expect(covered).toBeLessThan(high);
  });

  it.each([6, 20])('excludes zero exactly where p is below 0.05, with %i values', (n) => {
    const random = seededRandom(3);
    for (let i = 0; i < 300; i++) {
      const values = Array.from({ length: n }, () => 0.5 + gaussian(random));
      const { low, high, p } = estimate(values);
      expect(low > 0 || high < 0).toBe(p < 0.05);
    }
  });

  it('sees a difference as large as the detectable one about four times of five', () => {
    const random = seededRandom(11);
    let seen = 0;
    for (let i = 0; i < EXPERIMENTS; i++) {
      const noise = Array.from({ length: 6 }, () => 0.1 * gaussian(random));
      const detectable = detectableMean(estimate(noise), 0.05);
      const shifted = noise.map((value) => value + detectable);
      if (estimate(shifted).p < 0.05) seen++;
    }
    expect(seen / EXPERIMENTS).toBeGreaterThan(0.75);
    expect(seen / EXPERIMENTS).toBeLessThan(0.97);
  });

  it('is a point where all values agree', () => {
    const { low, high, p } = estimate([0, 0, 0]);
    expect([low, high, p]).toEqual([0, 0, 1]);
  });
});
