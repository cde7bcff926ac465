import { fc, test as propertyTest } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { levelShares } from './levels.ts';

describe('level shares', () => {
  test.each([
    [72, 100],
    [71, 99],
    [50, 70],
    [25, 35],
    [0, 0],
  ])('with %i %% of level 0 healthy it gets %i %%', (healthy, share) => {
    expect(levelShares([healthy, 100], [100, 100])).toEqual([share, 100 - share]);
  });

  const level = fc
    .integer({ min: 1, max: 50 })
    .chain((total) =>
      fc.record({ total: fc.constant(total), healthy: fc.integer({ min: 0, max: total }) }),
    );

  propertyTest.prop([fc.array(level, { minLength: 1, maxLength: 5 })])(
    'add up to 100 while any endpoint is healthy, and give the dead nothing',
    (levels) => {
      const healthy = levels.map((l) => l.healthy);
      const shares = levelShares(
        healthy,
        levels.map((l) => l.total),
      );
      const sum = shares.reduce((a, b) => a + b, 0);
      expect(sum).toBe(healthy.some((h) => h > 0) ? 100 : 0);
      for (const [i, share] of shares.entries()) if (healthy[i] === 0) expect(share).toBe(0);
    },
  );

  test.each([
    [
      [100, 100],
      [100, 0],
    ],
    [
      [25, 25],
      [50, 50],
    ],
    [
      [20, 20, 20],
      [34, 33, 33],
    ],
    [
      [0, 10, 20],
      [0, 34, 66],
    ],
    [
      [50, 10, 0, 30],
      [70, 14, 0, 16],
    ],
  ])(
    'of levels with %j %% healthy: %j, the rounding to the first that can take any',
    (healthy, shares) => {
      const hundred = healthy.map(() => 100);
      expect(levelShares(healthy, hundred)).toEqual(shares);
    },
  );

  test('one endpoint of a thousand, alone in the world, gets everything', () => {
    expect(levelShares([1], [1000])).toEqual([100]);
  });
});
