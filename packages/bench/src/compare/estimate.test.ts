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
    const { low, high } = estimate(
      Array.from({ length: n }, () => draw(random)),
      random,
    );
    if (low <= trueMean && trueMean <= high) covered++;
  }
  return covered / EXPERIMENTS;
}

describe('the interval of a mean', () => {
  // 950 ± 3 standard deviations of a binomial of 1,000 at 0.95 is 0.93 to 0.97.
  it('covers the truth 95 times of 100 for six normal values', () => {
    const covered = coverage(6, 0.3, (random) => 0.3 + 0.2 * gaussian(random));
    expect(covered).toBeGreaterThan(0.93);
    expect(covered).toBeLessThan(0.97);
  });

  it('covers the truth nearly as often for twenty skewed values, by the bootstrap', () => {
    const covered = coverage(20, 1, (random) => -Math.log(1 - random.next()));
    expect(covered).toBeGreaterThan(0.89);
    expect(covered).toBeLessThan(0.97);
  });

  it.each([6, 20])('excludes zero exactly where p is below 0.05, with %i values', (n) => {
    const random = seededRandom(3);
    for (let i = 0; i < 300; i++) {
      const values = Array.from({ length: n }, () => 0.5 + gaussian(random));
      const { low, high, p } = estimate(values, random);
      // The bootstrap knows its endpoints to one resample only.
      if (Math.abs(p - 0.05) > 0.005) expect(low > 0 || high < 0).toBe(p < 0.05);
    }
  });

  it('sees a difference as large as the detectable one about four times of five', () => {
    const random = seededRandom(11);
    let seen = 0;
    for (let i = 0; i < EXPERIMENTS; i++) {
      const noise = Array.from({ length: 6 }, () => 0.1 * gaussian(random));
      const detectable = detectableMean(estimate(noise, random), 0.05);
      const shifted = noise.map((value) => value + detectable);
      if (estimate(shifted, random).p < 0.05) seen++;
    }
    expect(seen / EXPERIMENTS).toBeGreaterThan(0.75);
    expect(seen / EXPERIMENTS).toBeLessThan(0.97);
  });

  it('is a point where all values agree', () => {
    const { low, high, p } = estimate([0, 0, 0], seededRandom(1));
    expect([low, high, p]).toEqual([0, 0, 1]);
  });
});
