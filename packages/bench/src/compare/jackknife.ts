/**
 * Simulator against live, over all rounds together: a round alone has too few requests for a p99.
 * The rounds' histograms are merged; how far chance reaches is found by leaving out one round at a
 * time (J. W. Tukey's jackknife, 1958), the same one on both sides, for both met the same arrivals.
 */

import { centralQuantile, mean } from '@evenkeel/core/stats';
import {
  type Comparison,
  type Metric,
  mergeHistograms,
  percentileOrNull,
  type Run,
  type TimesOf,
  timesOf,
} from '@evenkeel/report';
import { CONFIDENCE } from './estimate.ts';

/** A metric of merged histograms and how near to 1 its ratio has to be. */
export interface Closeness {
  readonly metric: Metric & ('mean' | 'p50' | 'p99');
  readonly margin: number;
}

/** What is held against what: names as `armOf` gives them, runs in the order of their rounds. */
export interface RunPairs {
  readonly scenario: string;
  readonly of: TimesOf;
  readonly a: string;
  readonly b: string;
  readonly pairs: readonly (readonly [a: Run, b: Run])[];
}

/**
 * `tie`: the whole interval lies within the margin. `a` or `b`, the one with the smaller figure: the
 * whole interval lies outside. Else it is not known.
 */
export function compareMerged(
  { scenario, of, a, b, pairs }: RunPairs,
  { metric, margin }: Closeness,
): Comparison {
  const valid = pairs.filter((pair) => pair.every((run) => run.valid));
  const n = valid.length;
  const whole = logRatio(valid, of, metric);
  const open = { ratio: null, low: null, high: null, adjustedP: null, detectable: null };
  const base = { scenario, metric, of, a, b, n, ...open };
  if (whole === null) return { ...base, verdict: 'unresolved' };
  const without = valid.map((_, i) => logRatio(valid.toSpliced(i, 1), of, metric));
  const known = without.filter((one) => one !== null);
  if (n < 2 || known.length < n) return { ...base, ratio: Math.exp(whole), verdict: 'unresolved' };
  const centre = mean(known);
  const squares = known.reduce((sum, one) => sum + (one - centre) ** 2, 0);
  const half = centralQuantile(CONFIDENCE, n - 1) * Math.sqrt(((n - 1) / n) * squares);
  const [low, high] = [Math.exp(whole - half), Math.exp(whole + half)];
  return { ...base, ratio: Math.exp(whole), low, high, verdict: verdictOf(low, high, margin) };
}

function verdictOf(low: number, high: number, margin: number): Comparison['verdict'] {
  if (low >= 1 - margin && high <= 1 + margin) return 'tie';
  if (high < 1 - margin) return 'a';
  return low > 1 + margin ? 'b' : 'unresolved';
}

/** Null where there are too few requests to say. */
function logRatio(
  pairs: RunPairs['pairs'],
  of: TimesOf,
  metric: Closeness['metric'],
): number | null {
  const [a, b] = ([0, 1] as const).map((side) =>
    mergedFigure(
      pairs.map((pair) => pair[side]),
      of,
      metric,
    ),
  );
  return a == null || b == null ? null : Math.log(a / b);
}

/** The metric over the merged histograms of several runs; null where there are too few requests. */
export function mergedFigure(runs: readonly Run[], of: TimesOf, metric: Metric): number | null {
  const merged = mergeHistograms(runs.map((run) => timesOf(run, of)?.histogram ?? null));
  if (metric !== 'mean') return percentileOrNull(merged, metric === 'p50' ? 0.5 : 0.99);
  return merged.count === 0 ? null : merged.meanMs;
}
