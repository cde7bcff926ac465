/**
 * Figures of an arm over its rounds, by one rule for tables, charts and comparisons: errors come
 * first. A request that failed was never answered, so a percentile of all requests counts it as
 * endless; the percentiles of the answers stand beside the share that was answered.
 */

import type { Histogram } from '@evenkeel/core/stats';
import { mergeHistograms, samplesNeeded } from './histogram.ts';
import { armOf } from './laws.ts';
import type { Metric, RequestCounts, Run } from './results.ts';

/** Below this share answered, latencies of the answers say too little to be looked at first. */
export const MOSTLY_ANSWERED = 0.999;

/** Share of the requests that were answered without an error; null of none. */
export function answeredShare({ sent, ok }: Pick<RequestCounts, 'sent' | 'ok'>): number | null {
  return sent === 0 ? null : ok / sent;
}

/** Whether latencies of the answers may stand for the requests. */
export function isMostlyAnswered(requests: Pick<RequestCounts, 'sent' | 'ok'>): boolean {
  return (answeredShare(requests) ?? 0) >= MOSTLY_ANSWERED;
}

/**
 * The percentile p of all `sent` requests, in ms, where those that failed were never answered:
 * Infinity where it falls among them, null where there are too few requests to say.
 */
export function percentileOfAll(histogram: Histogram, sent: number, p: number): number | null {
  if (sent < samplesNeeded(p)) return null;
  if (Math.ceil(p * sent - 1e-9) > histogram.count) return Number.POSITIVE_INFINITY;
  return histogram.quantileMs(Math.min(1, (p * sent) / histogram.count));
}

const PERCENTILES: Readonly<Partial<Record<Metric, number>>> = {
  p50: 0.5,
  p90: 0.9,
  p99: 0.99,
  p999: 0.999,
};

/**
 * A metric of one run; a percentile is one of all requests. Null where it is not known, has too few
 * samples, or is zero.
 */
export function metricOf(run: Run, metric: Metric): number | null {
  const { requests, histogram, latencyMs } = run;
  const p = PERCENTILES[metric];
  if (p !== undefined && requests.ok < requests.sent) {
    return percentileOfAll(mergeHistograms([histogram]), requests.sent, p);
  }
  const isTime = metric !== 'throughput' && metric !== 'cpuUsPerRequest';
  const value = isTime ? latencyMs[metric] : run[metric];
  return value === null || value <= 0 ? null : value;
}

/** From the highest on: what is compared in place of a percentile that has too few samples. */
const LOWER: readonly Metric[] = ['p999', 'p99', 'p90', 'p50', 'mean'];

/** The highest percentile, from `wanted` down, that all of these runs have; else their mean. */
export function highestMetric(runs: readonly Run[], wanted: Metric): Metric {
  const from = LOWER.indexOf(wanted);
  if (from < 0) return wanted;
  const has = (metric: Metric): boolean => runs.every((run) => metricOf(run, metric) !== null);
  return LOWER.slice(from).find(has) ?? 'mean';
}

/** The rounds that an arm's figures and its comparisons are taken from. */
export interface CommonRounds {
  readonly rounds: ReadonlySet<number>;
  /** Arms with so few valid rounds that the others are compared without them. */
  readonly leftOut: ReadonlySet<string>;
}

/**
 * The rounds in which every arm was valid, so that each figure and each ratio is of the same rounds.
 * While these are fewer than half of all, the arm with the fewest valid rounds is left out, but
 * never `reference`.
 */
export function commonRounds(runs: readonly Run[], reference?: string): CommonRounds {
  const valid = new Map<string, Set<number>>();
  for (const run of runs) {
    const mine = valid.get(armOf(run)) ?? new Set();
    if (run.valid) mine.add(run.round);
    valid.set(armOf(run), mine);
  }
  const all = new Set(runs.map(({ round }) => round));
  const enough = Math.ceil(all.size / 2);
  const leftOut = new Set<string>();
  for (;;) {
    const counted = [...valid].filter(([arm]) => !leftOut.has(arm));
    const common = [...all].filter((round) => counted.every(([, rounds]) => rounds.has(round)));
    const [weakest] = counted
      .filter(([arm]) => arm !== reference)
      .sort(([, a], [, b]) => a.size - b.size);
    if (common.length >= enough || weakest === undefined || counted.length <= 1) {
      return { rounds: new Set(common), leftOut };
    }
    leftOut.add(weakest[0]);
  }
}
