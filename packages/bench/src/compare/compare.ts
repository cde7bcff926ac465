/**
 * From runs to verdicts. Arms are compared within rounds, where both met the same arrivals and the
 * same work and the machine was about equally fast: per round the logarithm of the ratio to the
 * reference arm, and over rounds its mean with an interval. All arms of a scenario are compared in
 * the same rounds and by the same metric; what was answered comes before how fast.
 */

import {
  armOf,
  type Comparison,
  commonRounds,
  highestMetric,
  isGuard,
  type Metric,
  metricOf,
  type Run,
} from '@evenkeel/report';
import { type Availability, availabilityOf, gated, type RoundPair } from './availability.ts';
import { detectableMean, type Estimate, estimate, roundsToSee } from './estimate.ts';
import { holm, holmLevels } from './holm.ts';

const ALPHA = 0.05;
/** What the planner plans for. */
const TEN_PERCENT = Math.log(1.1);

/** What is compared with what. */
export interface ComparisonPlan {
  readonly scenario: string;
  /** What is compared where there are samples enough; else the next lower percentile. */
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
  readonly isGuard: boolean;
  readonly pairs: readonly RoundPair[];
  readonly availability: Availability;
  /** Of the rounds in which both have the metric. */
  readonly logRatios: readonly number[];
  readonly estimate: Estimate | null;
}

/** One comparison for each arm but the first, in their order. */
export function compareArms(runs: readonly Run[], plan: ComparisonPlan): Comparison[] {
  const [reference, ...others] = plan.arms;
  if (reference === undefined) return [];
  const mine = runs.filter(
    (run) => run.scenario === plan.scenario && plan.arms.includes(armOf(run)),
  );
  const { rounds, leftOut } = commonRounds(mine, reference);
  const counted = mine.filter((run) => run.valid && rounds.has(run.round));
  const metric = highestMetric(counted, plan.metric);
  const pairs = others.map((arm) =>
    pairUp(leftOut.has(arm) ? [] : counted, arm, reference, metric),
  );
  const family = pairs.filter((pair) => !pair.isGuard);
  const ps = family.map((pair) => pair.estimate?.p ?? 1);
  const [adjusted, levels] = [holm(ps), holmLevels(ps, ALPHA)];
  const comparisons = pairs.map((pair) => {
    const place = family.indexOf(pair);
    const level = pair.isGuard ? ALPHA : (levels[place] ?? ALPHA);
    const adjustedP = pair.isGuard ? null : (adjusted[place] ?? 1);
    return judge(pair, {
      ...plan,
      metric,
      wanted: plan.metric,
      reference,
      level,
      adjustedP,
      family: family.length,
    });
  });
  return heldAgainstGuard(comparisons);
}

/** What differs from itself measures the machine: the guard keeps its verdict, the others lose theirs. */
function heldAgainstGuard(comparisons: readonly Comparison[]): Comparison[] {
  const guard = comparisons.find(isGuard);
  if (guard?.verdict !== 'a' && guard?.verdict !== 'b') return [...comparisons];
  const lost = { verdict: 'unresolved', reason: 'the reference differs from itself' } as const;
  return comparisons.map((one) => (one === guard ? one : { ...one, ...lost }));
}

function pairUp(runs: readonly Run[], arm: string, reference: string, metric: Metric): Paired {
  const pairs = runs.flatMap((run): RoundPair[] => {
    if (armOf(run) !== arm) return [];
    const other = runs.find((one) => armOf(one) === reference && one.round === run.round);
    return other === undefined ? [] : [[run, other]];
  });
  const logRatios = pairs
    .map(([a, b]) => Math.log((metricOf(a, metric) ?? 0) / (metricOf(b, metric) ?? 0)))
    .filter(Number.isFinite);
  // A round without the metric is a round in which it was never answered: no ratio stands for these.
  const isWhole = logRatios.length === pairs.length;
  return {
    arm,
    isGuard: isGuard({ a: arm, b: reference }),
    pairs,
    availability: availabilityOf(pairs),
    logRatios,
    estimate: isWhole && pairs.length > 1 ? estimate(logRatios) : null,
  };
}

interface JudgeContext extends ComparisonPlan {
  readonly wanted: Metric;
  readonly reference: string;
  /** Chance of a false alarm that Holm leaves to this comparison. */
  readonly level: number;
  readonly adjustedP: number | null;
  /** Comparisons that share the level. */
  readonly family: number;
}

function judge(pair: Paired, context: JudgeContext): Comparison {
  const { arm: a, pairs, logRatios, availability, estimate: found } = pair;
  const { scenario, metric, wanted, reference: b, level, adjustedP, family } = context;
  const n = pairs.length;
  const lower = wanted === metric ? {} : { wanted };
  const base = { scenario, metric, ...lower, a, b, n, answered: availability.answered };
  if (found === null) {
    const single = n === 1 ? logRatios[0] : undefined;
    const open = { low: null, high: null, adjustedP: null, detectable: null };
    const ratio = single === undefined ? null : Math.exp(single);
    const reason = whyOpen(pair, metric);
    return { ...base, ratio, ...open, reason, ...gated('unresolved', availability) };
  }
  const { low, high } = estimate(logRatios, 1 - level);
  const interval = { low: Math.exp(low), high: Math.exp(high) };
  const speed = pair.isGuard
    ? guardVerdict(interval, context)
    : speedVerdict(interval, Math.exp(found.mean), context);
  return {
    ...base,
    ratio: Math.exp(found.mean),
    low: Math.exp(found.low),
    high: Math.exp(found.high),
    adjustedLow: interval.low,
    adjustedHigh: interval.high,
    adjustedP,
    ...gated(speed, availability),
    // At the level that Holm asks of the clearest of the arms: what was sure to be seen.
    detectable: Math.expm1(detectableMean(found, ALPHA / Math.max(1, family))),
    roundsForTenPercent: roundsToSee(TEN_PERCENT, found, ALPHA / Math.max(1, family)),
  };
}

/** Why there is no interval. */
function whyOpen({ pairs, logRatios }: Paired, metric: Metric): string {
  if (pairs.length === 0) return 'no common valid round';
  if (logRatios.length < pairs.length) return `${metric} never answered`;
  return 'a single round has no interval';
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Which of a and b is the better one where the figure of a is the smaller. */
function better(isSmaller: boolean, metric: Metric): 'a' | 'b' {
  return isSmaller === (metric !== 'throughput') ? 'a' : 'b';
}

/** The interval is Holm's: it excludes 1 exactly where the adjusted p is below the level. */
function speedVerdict(
  { low, high }: Interval,
  ratio: number,
  { margin, metric }: ComparisonPlan,
): Comparison['verdict'] {
  if (low >= 1 - margin && high <= 1 + margin) return 'tie';
  return low > 1 || high < 1 ? better(ratio < 1, metric) : 'unresolved';
}

/** The reference differs from itself only where the whole interval is beyond the margin's reach. */
function guardVerdict(
  { low, high }: Interval,
  { margin, metric }: ComparisonPlan,
): Comparison['verdict'] {
  if (low >= 1 - margin && high <= 1 + margin) return 'tie';
  if (high < 1 - margin) return better(true, metric);
  return low > 1 + margin ? better(false, metric) : 'unresolved';
}
