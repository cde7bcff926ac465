import { deflateSync, inflateSync } from 'node:zlib';
import { fc, test } from '@fast-check/vitest';
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { decodeHdrV2, encodeHdrV2 } from './hdr-encoding.ts';
import { type Histogram, histogramOf } from './histogram.ts';

const durations = fc.array(fc.double({ min: 0, max: 3e6, noNaN: true }), { minLength: 1 });
/** As HdrHistogram compresses V2 bytes: a cookie, the length, and zlib's bytes. */
function packed(bytes: Uint8Array): string {
  const body = deflateSync(bytes);
  const head = Buffer.alloc(8);
  head.writeInt32BE(0x1c849314, 0);
  head.writeInt32BE(body.length, 4);
  return Buffer.concat([head, body]).toString('base64');
}
const unpacked = (text: string): Uint8Array => inflateSync(Buffer.from(text, 'base64').subarray(8));
const cells = (histogram: Histogram): unknown => [...histogram.cells()];

describe('a histogram as V2 bytes', () => {
  test.prop([durations])('is read back with the same counts', (values) => {
    const histogram = histogramOf(values);
    const back = decodeHdrV2(encodeHdrV2(histogram));
    expect(cells(back)).toEqual(cells(histogram));
    expect(back.count).toBe(histogram.count);
    expect(back.maxMs).toBeGreaterThanOrEqual(histogram.maxMs - 0.001);
    expect(back.meanMs).toBeCloseTo(histogram.meanMs, -Math.log10(histogram.meanMs / 500 + 0.01));
  });

  test.prop([durations])('is what HdrHistogram writes, and the other way round', (values) => {
    const histogram = histogramOf(values);
    const theirs = decodeFromCompressedBase64(packed(encodeHdrV2(histogram)));
    expect(theirs.totalCount).toBe(values.length);
    for (const p of [0.5, 1]) {
      const theirMs = theirs.getValueAtPercentile(p * 100) / 1000;
      expect(Math.min(theirMs, histogram.maxMs)).toBe(histogram.quantileMs(p));
    }
    const reference = build({ numberOfSignificantValueDigits: 3 });
    for (const value of values) reference.recordValue(Math.floor(value * 1000 + 0.5));
    expect(cells(decodeHdrV2(unpacked(encodeIntoCompressedBase64(reference))))).toEqual(
      cells(histogram),
    );
  });

  test.prop([fc.uint8Array({ maxLength: 80 }), durations, fc.nat(), fc.nat(255)])(
    'of garbage is refused with a RangeError, or is a histogram',
    (garbage, values, place, byte) => {
      const damaged = encodeHdrV2(histogramOf(values));
      damaged[place % damaged.length] = byte;
      for (const bytes of [garbage, damaged]) {
        try {
          expect(decodeHdrV2(bytes).count).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }
    },
  );

  it('needs no byte for the cells after the last count', () => {
    expect(encodeHdrV2(histogramOf([0.001])).length).toBe(40 + 2);
  });
});
