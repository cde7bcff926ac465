import { fc, test } from '@fast-check/vitest';
import { build } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { Histogram, histogramOf } from './histogram.ts';

const durations = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 });

describe('Histogram', () => {
  test.prop([durations, fc.double({ min: 0, max: 1, noNaN: true })])(
    'a quantile is the sample of its rank, to half a microsecond and a thousandth',
    (values, p) => {
      const sorted = [...values].sort((a, b) => a - b);
      const exact = sorted[Math.max(0, Math.ceil(p * values.length - 1e-9) - 1)]!;
      const measured = histogramOf(values).quantileMs(p);
      expect(measured).toBeGreaterThanOrEqual(exact - 0.000501);
      expect(measured).toBeLessThanOrEqual(exact * (1 + 1 / 1000) + 0.000501);
    },
  );

  test.prop([fc.integer({ min: 1, max: 3_000_000_000 })])(
    'has the cells of HdrHistogram with three digits',
    (microseconds) => {
      const reference = build({ numberOfSignificantValueDigits: 3 });
      reference.recordValue(microseconds);
      const [cell] = [...histogramOf([microseconds / 1000]).cells()];
      expect(cell).toEqual([reference.getValueAtPercentile(100), 1]);
    },
  );

  test.prop([durations, durations])('adding is as if one had recorded both', (a, b) => {
    const sum = histogramOf(a);
    sum.add(histogramOf(b));
    const whole = histogramOf([...a, ...b]);
    expect([...sum.cells()]).toEqual([...whole.cells()]);
    expect([sum.count, sum.maxMs]).toEqual([whole.count, whole.maxMs]);
  });

  it('says NaN when empty, and counts the absurdly large as the largest', () => {
    expect(new Histogram().quantileMs(0.5)).toBeNaN();
    expect(histogramOf([1e15]).count).toBe(1);
  });
});
