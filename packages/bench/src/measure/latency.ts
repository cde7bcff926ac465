/** Latencies as results.json wants them: an HdrHistogram in µs, and percentiles where samples allow. */

import {
  type Latency,
  mergeHistograms,
  percentileOrNull,
  type Run,
  samplesNeeded,
} from '@evenkeel/report';
import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

const HOUR_US = 3_600_000_000;

/** Three significant digits from 1 µs to an hour. */
export function histogramOf(latenciesMs: readonly number[]): Histogram {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HOUR_US,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
  });
  for (const ms of latenciesMs) {
    histogram.recordValue(Math.min(HOUR_US, Math.max(1, Math.round(ms * 1000))));
  }
  return histogram;
}

/** V2, compressed, base64; null of none. */
export function encodeHistogram(histogram: Histogram): string | null {
  return histogram.totalCount === 0 ? null : encodeIntoCompressedBase64(histogram);
}

export function latencyOf(latenciesMs: readonly number[], histogram: Histogram): Latency {
  const sum = latenciesMs.reduce((total, ms) => total + ms, 0);
  const none = latenciesMs.length === 0;
  return {
    mean: none ? null : sum / latenciesMs.length,
    p50: percentileOrNull(histogram, 0.5),
    p90: percentileOrNull(histogram, 0.9),
    p99: percentileOrNull(histogram, 0.99),
    p999: percentileOrNull(histogram, 0.999),
    max: none ? null : histogram.maxValue / 1000,
  };
}

/** The ok latencies of several runs in one; null when there were none. */
export function mergedHistogram(runs: readonly Run[]): Histogram | null {
  const merged = mergeHistograms(runs.map(({ histogram }) => histogram));
  return merged.totalCount === 0 ? null : merged;
}

/** The smallest sample that at least the share `p` does not exceed (nearest rank); NaN of none. */
export function nearestRank(sorted: readonly number[] | Float64Array, p: number): number {
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}

/** As `nearestRank`, but null where there are too few samples to say. */
export function exactPercentileOrNull(sorted: readonly number[], p: number): number | null {
  return sorted.length < samplesNeeded(p) ? null : nearestRank(sorted, p);
}
