/**
 * Latency histograms as results.json carries them (HdrHistogram V2, in µs), and the rule that keeps a
 * report honest: no percentile from fewer samples than can bear it.
 */

import { build, decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { ResultsError } from './errors.ts';

/**
 * Samples needed before a percentile is worth printing: ten beyond it on average, 10/(1 − p).
 * `p` is a share in [0, 1): 0.99 needs 1,000 samples.
 */
export function samplesNeeded(p: number): number {
  // In floating point 10/(1 − 0.99) is a hair above 1,000.
  return Math.ceil(10 / (1 - p) - 1e-6);
}

/**
 * The percentile in milliseconds of a histogram kept in µs, or null with too few samples to say.
 * `p` is a share in [0, 1), such as 0.99.
 */
export function percentileOrNull(histogram: Histogram, p: number): number | null {
  if (histogram.totalCount < samplesNeeded(p)) return null;
  return histogram.getValueAtPercentile(p * 100) / 1000;
}

/** Adds up encoded histograms; null stands for an empty one. Throws a `ResultsError` on garbage. */
export function mergeHistograms(encoded: readonly (string | null)[]): Histogram {
  const merged = build({ numberOfSignificantValueDigits: 3 });
  for (const text of encoded) {
    if (text !== null) merged.add(decode(text));
  }
  return merged;
}

function decode(text: string): Histogram {
  try {
    return decodeFromCompressedBase64(text);
  } catch (cause) {
    throw new ResultsError('histogram: expected HdrHistogram V2, compressed, in base64', { cause });
  }
}
