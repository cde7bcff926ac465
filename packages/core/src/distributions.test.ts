import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  bimodal,
  constant,
  type Distribution,
  empirical,
  exponential,
  hyperexponential,
  lognormal,
  pareto,
} from './distributions.ts';
import { seededRandom } from './random.ts';

const ALL: Record<string, () => Distribution> = {
  constant: () => constant(20),
  exponential: () => exponential(20),
  lognormal: () => lognormal(20, 0.8),
  'pareto of shape 3.5': () => pareto(20, 3.5),
  bimodal: () => bimodal(5, 100, 0.1),
  hyperexponential: () => hyperexponential(20, 3),
  empirical: () => empirical([7, 1, 4, 40, 2]),
};

/** Mean and squared coefficient of variation over an even grid of u: integration, not sampling. */
function integrate(distribution: Distribution): { mean: number; squaredCv: number } {
  const n = 1_000_000;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const x = distribution.sampleAt((i + 0.5) / n);
    sum += x;
    squares += x * x;
  }
  const mean = sum / n;
  return { mean, squaredCv: squares / n / (mean * mean) - 1 };
}

describe.each(Object.entries(ALL))('%s', (_name, make) => {
  it('has the mean and variance that it states', () => {
    const distribution = make();
    const measured = integrate(distribution);
    expect(measured.mean).toBeCloseTo(distribution.mean, 1);
    expect(measured.squaredCv / Math.max(1, distribution.squaredCv)).toBeCloseTo(
      distribution.squaredCv / Math.max(1, distribution.squaredCv),
      1,
    );
  });

  it('is finite and not negative for every u that the generator can draw', () => {
    const distribution = make();
    for (const u of [0, 2 ** -32, 0.5, 1 - 2 ** -32]) {
      const x = distribution.sampleAt(u);
      expect(Number.isFinite(x)).toBe(true);
      expect(x).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('monotony', () => {
  const monotone = fc.constantFrom(
    'exponential',
    'lognormal',
    'pareto of shape 3.5',
    'bimodal',
    'empirical',
  );
  const u = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  test.prop([monotone, u, u])(
    'more u is more work, except across the branches of a mixture',
    (name, a, b) => {
      const distribution = ALL[name]!();
      const [low, high] = a < b ? [a, b] : [b, a];
      expect(distribution.sampleAt(low)).toBeLessThanOrEqual(distribution.sampleAt(high));
    },
  );
});

describe('closed forms', () => {
  it('exponential: the median is mean · ln 2', () => {
    expect(exponential(10).sampleAt(0.5)).toBeCloseTo(10 * Math.LN2, 12);
  });

  it('pareto: x₀ at 0, and the share above x is (x₀/x)^shape', () => {
    const distribution = pareto(30, 1.5);
    expect(distribution.sampleAt(0)).toBe(10);
    expect(distribution.sampleAt(1 - (10 / 80) ** 1.5)).toBeCloseTo(80, 9);
    expect(distribution.squaredCv).toBe(Infinity);
  });

  it('lognormal: the median is mean · e^(−σ²/2)', () => {
    expect(lognormal(10, 0.5).sampleAt(0.5)).toBeCloseTo(10 * Math.exp(-0.125), 12);
  });

  it('hyperexponential has the coefficient asked for; with 1 it is the exponential', () => {
    expect(hyperexponential(10, 3).squaredCv).toBe(9);
    const random = seededRandom(1);
    for (let i = 0; i < 100; i++) {
      const u = random.next() / 2; // p = ½: the first branch
      expect(hyperexponential(10, 1).sampleAt(u)).toBeCloseTo(exponential(10).sampleAt(2 * u), 9);
    }
  });

  it('empirical: the samples themselves at even steps, and one sample is a constant', () => {
    const distribution = empirical([30, 10, 20]);
    expect([0, 0.25, 0.5].map((u) => distribution.sampleAt(u))).toEqual([10, 15, 20]);
    expect(empirical([5]).sampleAt(0.9)).toBe(5);
  });

  it('pareto: the variance is infinite up to shape 2', () => {
    expect(pareto(1, 2).squaredCv).toBe(Infinity);
    expect(pareto(1, 2.5).squaredCv).toBeCloseTo(1 / (2.5 * 0.5), 12);
  });

  it('bimodal: slow from 1 − slowShare on', () => {
    const distribution = bimodal(1, 9, 0.25);
    expect([0.7499, 0.75].map((u) => distribution.sampleAt(u))).toEqual([1, 9]);
  });

  it('empirical: equal samples do not vary, nor do those that are all 0', () => {
    expect(empirical([3, 3, 3])).toMatchObject({ mean: 3, squaredCv: 0 });
    expect(empirical([0, 0])).toMatchObject({ mean: 0, squaredCv: 0 });
  });
});
