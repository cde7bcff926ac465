/** The laws of results.json that its types cannot say, as functions for those who write it. */

import type { Histogram } from 'hdr-histogram-js';
import { type RequestCounts, type Run, SIMULATED } from './results.ts';

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

/** Requests that ended in an error with a known cause; lost ones are not among them. */
export function errorTotal(requests: RequestCounts): number {
  return Object.values(requests.errors).reduce((sum, count) => sum + count, 0);
}

/** What `sent` has to be, whatever happened: `ok` + Σ errors + `lost`. */
export function accountedFor(requests: RequestCounts): number {
  return requests.ok + errorTotal(requests) + requests.lost;
}

/** The name of a run's arm in comparisons: `evenkeel/round-robin`, `nginx/least_conn`. */
export function armOf(run: Pick<Run, 'subject' | 'strategy'>): string {
  return `${run.subject}/${run.strategy}`;
}

export function isSimulated(run: Pick<Run, 'subject'>): boolean {
  return run.subject === SIMULATED;
}
