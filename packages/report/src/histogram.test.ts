import { fc, test } from '@fast-check/vitest';
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect } from 'vitest';
import { mergeHistograms, percentileOrNull, samplesNeeded } from './histogram.ts';

function histogramOf(values: readonly number[]) {
  const histogram = build();
  for (const value of values) histogram.recordValue(value);
  return histogram;
}

describe('percentiles', () => {
  test('need ten samples beyond them', () => {
    expect([0.5, 0.9, 0.99, 0.999].map(samplesNeeded)).toEqual([20, 100, 1000, 10_000]);
  });

  test('are null with one sample too few, and given in ms with just enough', () => {
    const values = Array.from({ length: 99 }, (_, i) => (i + 1) * 10);
    expect(percentileOrNull(histogramOf(values), 0.9)).toBeNull();
    expect(percentileOrNull(histogramOf([...values, 1000]), 0.9)).toBeCloseTo(0.9, 2);
  });

  test.prop([fc.array(fc.array(fc.integer({ min: 1, max: 10_000_000 }), { maxLength: 60 }))])(
    'of merged histograms are those of all samples together',
    (rounds) => {
      const merged = mergeHistograms(
        rounds.map((values) =>
          values.length === 0 ? null : encodeIntoCompressedBase64(histogramOf(values)),
        ),
      );
      const whole = histogramOf(rounds.flat());
      expect(merged.totalCount).toBe(whole.totalCount);
      expect(percentileOrNull(merged, 0.5)).toBe(percentileOrNull(whole, 0.5));
    },
  );

  test('of garbage are refused, not zero', () => {
    expect(() => mergeHistograms(['<b>'])).toThrow('HdrHistogram V2');
  });
});
