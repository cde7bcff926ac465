import { histogramOf } from '@evenkeel/core/stats';
import { fc, test } from '@fast-check/vitest';
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect } from 'vitest';
import { encodeHistogram, mergeHistograms, percentileOrNull, samplesNeeded } from './histogram.ts';

describe('percentiles', () => {
  test('need ten samples beyond them', () => {
    expect([0.5, 0.9, 0.99, 0.999].map(samplesNeeded)).toEqual([20, 100, 1000, 10_000]);
  });

  test('are null with one sample too few, and given in ms with just enough', () => {
    const values = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
    expect(percentileOrNull(histogramOf(values), 0.9)).toBeNull();
    expect(percentileOrNull(histogramOf([...values, 1]), 0.9)).toBeCloseTo(0.9, 2);
  });

  test.prop([
    fc.array(fc.array(fc.double({ min: 0.001, max: 10_000, noNaN: true }), { maxLength: 60 })),
  ])('of merged histograms are those of all samples together', (rounds) => {
    const merged = mergeHistograms(rounds.map((values) => encodeHistogram(histogramOf(values))));
    const whole = histogramOf(rounds.flat());
    expect([...merged.cells()]).toEqual([...whole.cells()]);
  });

  test('are read and written as HdrHistogram does it', () => {
    const reference = build({ numberOfSignificantValueDigits: 3 });
    for (const us of [0, 1, 2047, 2048, 5_000_000]) reference.recordValue(us);
    const ours = mergeHistograms([encodeIntoCompressedBase64(reference)]);
    expect([...ours.cells()].map(([us]) => us)).toEqual([0, 1, 2047, 2049, 5_001_215]);
    const theirs = decodeFromCompressedBase64(encodeHistogram(ours) ?? '');
    expect(theirs.totalCount).toBe(5);
    expect(theirs.getValueAtPercentile(60)).toBe(2047);
  });

  test('of garbage are refused, not zero', () => {
    expect(() => mergeHistograms(['<b>'])).toThrow('HdrHistogram V2');
  });
});
