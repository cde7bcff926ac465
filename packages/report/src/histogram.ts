/**
 * Latency histograms as results.json carries them (HdrHistogram V2, compressed, base64, in µs), and
 * the rule that keeps a report honest: no percentile from fewer samples than can bear it.
 */

import { deflateSync, inflateSync } from 'node:zlib';
import { decodeHdrV2, encodeHdrV2, Histogram } from '@evenkeel/core/stats';
import { ResultsError } from './errors.ts';
import type { Latency, Times } from './results.ts';

/** V2, compressed: then the length, then what zlib makes of the V2 bytes. */
const COMPRESSED_COOKIE = 0x1c849314;
const HEADER_BYTES = 8;
/** Larger than any histogram of the kit; bounds what a hostile file can make us unpack. */
const UNPACKED_BYTES_MAX = 1_000_000;

/**
 * Samples needed before a percentile is worth printing: ten beyond it on average, 10/(1 − p).
 * `p` is a share in [0, 1): 0.99 needs 1,000 samples.
 */
export function samplesNeeded(p: number): number {
  // In floating point 10/(1 − 0.99) is a hair above 1,000.
  return Math.ceil(10 / (1 - p) - 1e-6);
}

/**
 * The percentile in milliseconds, or null with too few samples to say. `p` is a share in [0, 1),
 * such as 0.99.
 */
export function percentileOrNull(histogram: Histogram, p: number): number | null {
  return histogram.count < samplesNeeded(p) ? null : histogram.quantileMs(p);
}

/** A histogram's figures as results.json states them. */
export function latencyOf(histogram: Histogram): Latency {
  const isEmpty = histogram.count === 0;
  return {
    mean: isEmpty ? null : histogram.meanMs,
    p50: percentileOrNull(histogram, 0.5),
    p90: percentileOrNull(histogram, 0.9),
    p99: percentileOrNull(histogram, 0.99),
    p999: percentileOrNull(histogram, 0.999),
    max: isEmpty ? null : histogram.maxMs,
  };
}

/** A histogram in the form of results.json. */
export function timesFrom(histogram: Histogram): Times {
  return { latencyMs: latencyOf(histogram), histogram: encodeHistogram(histogram) };
}

/** V2, compressed, base64; null of an empty one. */
export function encodeHistogram(histogram: Histogram): string | null {
  if (histogram.count === 0) return null;
  const packed = deflateSync(encodeHdrV2(histogram));
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeInt32BE(COMPRESSED_COOKIE, 0);
  head.writeInt32BE(packed.length, 4);
  return Buffer.concat([head, packed]).toString('base64');
}

/** Adds up encoded histograms; null stands for an empty one. Throws a `ResultsError` on garbage. */
export function mergeHistograms(encoded: readonly (string | null)[]): Histogram {
  const merged = new Histogram();
  for (const text of encoded) {
    if (text !== null) merged.add(decode(text));
  }
  return merged;
}

function decode(text: string): Histogram {
  try {
    const bytes = Buffer.from(text, 'base64');
    if (bytes.readInt32BE(0) !== COMPRESSED_COOKIE) throw new RangeError('another cookie');
    const packed = bytes.subarray(HEADER_BYTES, HEADER_BYTES + bytes.readInt32BE(4));
    return decodeHdrV2(inflateSync(packed, { maxOutputLength: UNPACKED_BYTES_MAX }));
  } catch (cause) {
    throw new ResultsError('histogram: expected HdrHistogram V2, compressed, in base64', { cause });
  }
}
