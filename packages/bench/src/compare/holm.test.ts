import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { holm, holmLevels } from './holm.ts';

const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });

describe('Holm', () => {
  it('adjusts as in the textbook example', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  test.prop([ps])('never makes a p value smaller, nor larger than Bonferroni would', (given) => {
    holm(given).forEach((adjusted, i) => {
      expect(adjusted).toBeGreaterThanOrEqual(given[i]!);
      expect(adjusted).toBeLessThanOrEqual(Math.min(1, given[i]! * given.length));
    });
  });

  test.prop([ps])('keeps the order of the p values', (given) => {
    const adjusted = holm(given);
    for (let i = 0; i < given.length; i++) {
      for (let j = 0; j < given.length; j++) {
        if (given[i]! < given[j]!) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!);
      }
    }
  });

  test.prop([ps])(
    'has levels at which a p value is rejected exactly where the adjusted one is',
    (given) => {
      const adjusted = holm(given);
      holmLevels(given, 0.05).forEach((level, i) => {
        expect(given[i]! < level).toBe(adjusted[i]! < 0.05);
      });
    },
  );

  test.prop([ps])('does not care in which order it is asked', (given) => {
    expect(holm([...given].reverse())).toEqual(holm(given).reverse());
  });
});
