import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { centralProbability, centralQuantile, twoSidedP } from './student.ts';

describe("Student's t", () => {
  it.each([
    [1, 12.7062],
    [2, 4.3027],
    [5, 2.5706],
    [10, 2.2281],
    [30, 2.0423],
  ])('has the 0.95 quantile of the printed tables (%i degrees of freedom)', (df, t) => {
    expect(centralQuantile(0.95, df)).toBeCloseTo(t, 4);
  });

  test.prop([fc.integer({ min: 1, max: 40 }), fc.double({ min: 0, max: 0.999, noNaN: true })])(
    'quantile and probability undo each other',
    (df, confidence) => {
      expect(centralProbability(centralQuantile(confidence, df), df)).toBeCloseTo(confidence, 9);
    },
  );

  test.prop([fc.integer({ min: 1, max: 40 }), fc.double({ min: 0, max: 50, noNaN: true })])(
    'a larger t is never more probable, nor is its sign of any matter',
    (df, t) => {
      expect(twoSidedP(t + 0.1, df)).toBeLessThanOrEqual(twoSidedP(t, df) + 1e-12);
      expect(twoSidedP(-t, df)).toBe(twoSidedP(t, df));
    },
  );
});
