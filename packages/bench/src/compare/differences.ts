/**
 * Two saved benches against each other. Latencies of two machines or two days cannot be compared, ratios to
 * the same reference can: these come first. The reference itself, and what was answered, are
 * compared by their own figures; a reference's latency only where both files are of one machine.
 */

import {
  answeredShare,
  armOf,
  type Comparison,
  DIFFERENCES_SCHEMA,
  type Difference,
  type DifferenceSide,
  type Differences,
  highestMetric,
  isAgainstSimulator,
  isGuard,
  isSimulated,
  type Metric,
  metricOf,
  type Results,
  type Run,
  sumRequests,
} from '@evenkeel/report';
import { CONFIDENCE, type Estimate, estimate, estimateOfInterval, welch } from './estimate.ts';

/** A share answered that fell by less than one request in a thousand is none that matters. */
const ANSWERED_MARGIN = 0.001;

type Measured = Omit<Results, 'verdict'>;
type Identity = Pick<Difference, 'scenario' | 'metric' | 'arm' | 'against'>;

/** One side of a difference: its figure, and the logarithm of it with its error. */
interface Side {
  readonly value: number | null;
  readonly rounds: number;
  readonly log: Pick<Estimate, 'n' | 'mean' | 'standardError'> | null;
}

interface Pair extends Identity {
  readonly before: Side;
  readonly now: Side;
  readonly margin: number;
  readonly reason?: string | undefined;
}

/** Whatever both files have in common; an empty list where that is nothing. */
export function differencesOf(before: Measured, now: Measured, margin: number): Differences {
  const notes: string[] = [];
  const scenarios = commonScenarios(before, now, notes);
  if (!isOneMachine(before, now)) {
    notes.push('The files are of two machines: latencies of a reference are shown, not judged.');
  }
  const pairs = scenarios.flatMap((scenario) => [
    ...relativePairs(before, now, scenario, margin),
    ...ownPairs(before, now, scenario, margin),
    ...answeredPairs(before, now, scenario),
  ]);
  // Bonferroni: all intervals hold together.
  const confidence = 1 - (1 - CONFIDENCE) / Math.max(1, pairs.length);
  return {
    schema: DIFFERENCES_SCHEMA,
    margin,
    before: sideOf(before),
    now: sideOf(now),
    differences: pairs.map((pair) => differenceOf(pair, confidence)),
    notes,
  };
}

/** What has become worse beyond the margin. */
export function regressionsOf({ differences }: Differences): readonly Difference[] {
  return differences.filter(({ verdict }) => verdict === 'worse');
}

function sideOf({ startedAt, git, environment, command }: Measured): DifferenceSide {
  const { cpuModel, cores, node } = environment;
  const machine = `${cpuModel}, ${cores} cores, Node ${node}`;
  return { startedAt, commit: git?.commit ?? null, machine, command };
}

function isOneMachine(before: Measured, now: Measured): boolean {
  const of = ({ environment: { cpuModel, cores, memoryBytes } }: Measured): string =>
    [cpuModel, cores, memoryBytes].join('\n');
  return of(before) === of(now);
}

/** Names of scenarios that ran live in both, and were asked the same in both. */
function commonScenarios(before: Measured, now: Measured, notes: string[]): string[] {
  const namesOf = (results: Measured): Set<string> =>
    new Set(liveRuns(results).map(({ scenario }) => scenario));
  const askedOf = ({ scenarios }: Measured, name: string): string => {
    const found = scenarios.find((one) => one.name === name);
    return JSON.stringify([found?.fleet, found?.load]);
  };
  const others = namesOf(now);
  const common = [...namesOf(before)].filter((name) => others.has(name));
  const isSame = (name: string): boolean => askedOf(before, name) === askedOf(now, name);
  for (const name of common.filter((one) => !isSame(one))) {
    notes.push(`${name} has another fleet or load in the second file, and is left out.`);
  }
  return common.filter(isSame);
}

/** Runs of rounds: a time line is one run, of which nothing is concluded. */
function liveRuns({ runs }: Measured): readonly Run[] {
  return runs.filter(
    (run) => !isSimulated(run) && run.sweepLoad === undefined && run.faults.length === 0,
  );
}

function relativePairs(before: Measured, now: Measured, name: string, margin: number): Pair[] {
  const own = ({ comparisons }: Measured): Comparison[] =>
    comparisons.filter((one) => one.scenario === name && !isAgainstSimulator(one));
  const [first, second] = [own(before), own(now)];
  const isUnsound = [...first, ...second].some(
    (one) => isGuard(one) && (one.verdict === 'a' || one.verdict === 'b'),
  );
  return second.flatMap((one): Pair[] => {
    const { metric, a, b } = one;
    const other = first.find((each) => each.metric === metric && each.a === a && each.b === b);
    if (other === undefined || isGuard(one)) return [];
    const [was, is] = [other, one].map(sideOfComparison) as [Side, Side];
    const reason = isUnsound ? 'a reference differs from itself' : undefined;
    return [{ scenario: name, metric, arm: a, against: b, before: was, now: is, margin, reason }];
  });
}

function sideOfComparison({ ratio, low, high, n }: Comparison): Side {
  const log =
    ratio === null || low === null || high === null
      ? null
      : estimateOfInterval(Math.log(ratio), Math.log(low), Math.log(high), n);
  return { value: ratio, rounds: n, log };
}

/** Latency, or throughput, of the arms that are compared by no ratio: the references. */
function ownPairs(before: Measured, now: Measured, name: string, margin: number): Pair[] {
  const metricBefore = metricFor(before, name);
  return commonArms(before, now, name).flatMap((arm): Pair[] => {
    const all = [before, now].map((results) => validRuns(results, name, arm));
    const isCompared = now.comparisons.some((one) => one.scenario === name && one.a === arm);
    if (isCompared || all.some((runs) => runs.length === 0)) return [];
    const metric = highestMetric(all.flat(), metricBefore);
    const [was, is] = all.map((runs) =>
      sideOfValues(runs.map((run) => metricOf(run, metric) ?? Number.NaN)),
    ) as [Side, Side];
    const reason = isOneMachine(before, now) ? undefined : 'of two machines';
    return [{ scenario: name, metric, arm, against: null, before: was, now: is, margin, reason }];
  });
}

function metricFor({ scenarios }: Measured, name: string): Metric {
  const load = scenarios.find((one) => one.name === name)?.load;
  return load?.kind === 'closed' ? 'throughput' : 'p99';
}

function answeredPairs(before: Measured, now: Measured, name: string): Pair[] {
  return commonArms(before, now, name).map((arm): Pair => {
    const [was, is] = [before, now].map((results) => {
      const runs = liveRuns(results).filter((run) => isOf(run, name, arm));
      const side = sideOfValues(runs.map(({ requests }) => answeredShare(requests) ?? Number.NaN));
      return { ...side, value: answeredShare(sumRequests(runs)) };
    }) as [Side, Side];
    const margin = ANSWERED_MARGIN;
    return { scenario: name, metric: 'answered', arm, against: null, before: was, now: is, margin };
  });
}

function isOf(run: Run, scenario: string, arm: string): boolean {
  return run.scenario === scenario && armOf(run) === arm;
}

function validRuns(results: Measured, name: string, arm: string): Run[] {
  return liveRuns(results).filter((run) => run.valid && isOf(run, name, arm));
}

/** The repeated reference is the reference once more, and left out. */
function commonArms(before: Measured, now: Measured, name: string): string[] {
  const of = (results: Measured): string[] =>
    liveRuns(results)
      .filter(({ scenario, strategy }) => scenario === name && !strategy.endsWith('#2'))
      .map(armOf);
  const first = new Set(of(before));
  return [...new Set(of(now))].filter((arm) => first.has(arm));
}

/** A value that is zero or not known leaves its side without an interval. */
function sideOfValues(values: readonly number[]): Side {
  const logs = values.map(Math.log);
  const isKnown = logs.length > 0 && logs.every(Number.isFinite);
  const centre = logs.reduce((sum, one) => sum + one, 0) / logs.length;
  return {
    value: isKnown ? Math.exp(centre) : null,
    rounds: values.length,
    log: isKnown && logs.length > 1 ? estimate(logs) : null,
  };
}

function differenceOf(pair: Pair, confidence: number): Difference {
  const { before, now, margin, reason, ...identity } = pair;
  const rounds = { before: before.rounds, now: now.rounds };
  const base = { ...identity, before: before.value, now: now.value, rounds };
  const change = before.value === null || now.value === null ? null : now.value / before.value;
  if (before.log === null || now.log === null) {
    const none = reason ?? 'no interval: too few rounds, or not answered';
    return { ...base, change, low: null, high: null, verdict: 'unresolved', reason: none };
  }
  const found = welch(before.log, now.log, confidence);
  const [low, high] = [Math.exp(found.low), Math.exp(found.high)];
  const shown = { ...base, change: Math.exp(found.mean), low, high };
  if (reason !== undefined) return { ...shown, verdict: 'unresolved', reason };
  return { ...shown, verdict: verdictOf(low, high, identity.metric, margin) };
}

function verdictOf(
  low: number,
  high: number,
  metric: Difference['metric'],
  margin: number,
): Difference['verdict'] {
  const isMoreBetter = metric === 'throughput' || metric === 'answered';
  if (low > 1 + margin) return isMoreBetter ? 'better' : 'worse';
  if (high < 1 - margin) return isMoreBetter ? 'worse' : 'better';
  return low >= 1 - margin && high <= 1 + margin ? 'same' : 'unresolved';
}
