/**
 * From runs to verdicts. Arms are compared within rounds, where both met the same arrivals and the
 * same work and the machine was in much the same mood: per round the logarithm of the ratio to the
 * reference arm, and over rounds its mean with an interval.
 */

import { armOf, type Comparison, type Metric, type Run } from '@evenkeel/report';
import { detectableMean, type Estimate, estimate } from './estimate.ts';
import { holm } from './holm.ts';

const ALPHA = 0.05;

/** What is compared with what. */
export interface ComparisonPlan {
  readonly scenario: string;
  readonly metric: Metric;
  /**
   * As `armOf` names them. The first is the reference that all others are held against; one named
   * as it is and `#2` is itself once more, and where that differs, nothing is concluded.
   */
  readonly arms: readonly string[];
  /** A ratio within 1 ± margin is no difference that matters. */
  readonly margin: number;
}

interface Paired {
  readonly arm: string;
  readonly n: number;
  readonly estimate: Estimate | null;
  /** The only round's log-ratio, where there is but one. */
  readonly single: number | null;
}

/** One comparison for each arm but the first, in their order. */
export function compareArms(runs: readonly Run[], plan: ComparisonPlan): Comparison[] {
  const [reference, ...others] = plan.arms;
  if (reference === undefined) return [];
  const valid = runs.filter((run) => run.scenario === plan.scenario && run.valid);
  const pairs = others.map((arm) => pairUp(valid, arm, reference, plan));
  const adjusted = holm(pairs.map((pair) => pair.estimate?.p ?? 1));
  const comparisons = pairs.map((pair, i) => judge(pair, adjusted[i] ?? 1, reference, plan));
  const guard = comparisons.find(({ a }) => a === `${reference}#2`);
  if (guard?.verdict !== 'a' && guard?.verdict !== 'b') return comparisons;
  // What differs from itself measures the machine: the guard keeps its verdict, the others lose theirs.
  return comparisons.map((one) => (one === guard ? one : { ...one, verdict: 'unresolved' }));
}

/** The value of a metric in one run; null where it is unknown or zero, which has no logarithm. */
export function metricOf(run: Run, metric: Metric): number | null {
  const value =
    metric === 'throughput' || metric === 'cpuUsPerRequest' ? run[metric] : run.latencyMs[metric];
  return value === null || value <= 0 ? null : value;
}

function pairUp(
  runs: readonly Run[],
  arm: string,
  reference: string,
  plan: ComparisonPlan,
): Paired {
  const logRatios: number[] = [];
  for (const run of runs) {
    if (armOf(run) !== arm) continue;
    const other = runs.find((r) => armOf(r) === reference && r.round === run.round);
    const a = metricOf(run, plan.metric);
    const b = other === undefined ? null : metricOf(other, plan.metric);
    if (a !== null && b !== null) logRatios.push(Math.log(a / b));
  }
  const n = logRatios.length;
  return {
    arm,
    n,
    estimate: n < 2 ? null : estimate(logRatios),
    single: n === 1 ? (logRatios[0] ?? null) : null,
  };
}

function judge(
  pair: Paired,
  adjustedP: number,
  reference: string,
  plan: ComparisonPlan,
): Comparison {
  const { arm: a, n, estimate: found, single } = pair;
  const base = { scenario: plan.scenario, metric: plan.metric, a, b: reference, n };
  if (found === null) {
    const ratio = single === null ? null : Math.exp(single);
    const open = { low: null, high: null, adjustedP: null, detectable: null };
    return { ...base, ratio, ...open, verdict: 'unresolved' };
  }
  const [ratio, low, high] = [found.mean, found.low, found.high].map(Math.exp) as [
    number,
    number,
    number,
  ];
  return {
    ...base,
    ratio,
    low,
    high,
    adjustedP,
    verdict: verdictOf({ low, high, ratio, adjustedP }, plan),
    // At the level that Holm asks of the clearest of the arms: what was sure to be seen.
    detectable: Math.expm1(detectableMean(found, ALPHA / (plan.arms.length - 1))),
  };
}

function verdictOf(
  { low, high, ratio, adjustedP }: { low: number; high: number; ratio: number; adjustedP: number },
  { margin, metric }: ComparisonPlan,
): Comparison['verdict'] {
  if (low >= 1 - margin && high <= 1 + margin) return 'tie';
  const excludesOne = low > 1 || high < 1;
  if (!excludesOne || adjustedP >= ALPHA) return 'unresolved';
  const smallerIsBetter = metric !== 'throughput';
  return ratio < 1 === smallerIsBetter ? 'a' : 'b';
}
