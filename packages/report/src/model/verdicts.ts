/** Comparisons and objectives in words. */

import { overall } from '../judge/objectives.ts';
import { isControl } from '../laws.ts';
import type { Comparison, Metric, Objective, Run, Status } from '../results.ts';
import type { Arm, Section, Simulator } from './arms.ts';
import { percentRange, plural, roundPercent, words } from './format.ts';

interface MetricWords {
  readonly name: string;
  /** Said of a when its ratio is below 1, and above. */
  readonly below: string;
  readonly above: string;
}

const METRIC_WORDS: Readonly<Record<Metric, MetricWords>> = {
  mean: { name: 'mean latency', below: 'faster', above: 'slower' },
  p50: { name: 'p50 latency', below: 'faster', above: 'slower' },
  p90: { name: 'p90 latency', below: 'faster', above: 'slower' },
  p99: { name: 'p99 latency', below: 'faster', above: 'slower' },
  p999: { name: 'p99.9 latency', below: 'faster', above: 'slower' },
  throughput: { name: 'throughput', below: 'lower', above: 'higher' },
  cpuUsPerRequest: { name: 'CPU per request', below: 'cheaper', above: 'dearer' },
};

export function metricName(metric: Metric): string {
  return METRIC_WORDS[metric].name;
}

/** `faster by 38 % (31–44 %)`, `tie (−2 % to 3 %)`, `unresolved (−12 % to 9 %); could see 15 %`. */
export function verdictWords(comparison: Comparison): string {
  const { ratio, verdict, detectable, reason, roundsForTenPercent } = comparison;
  const [low, high] = shownInterval(comparison);
  if (verdict !== 'unresolved' && reason !== undefined) {
    return `${verdict === 'a' ? 'better' : 'worse'} ${reason}`;
  }
  if (ratio === null) return `unresolved: ${reason ?? 'no valid round'}`;
  if (reason !== undefined) return `unresolved: ${reason}`;
  if (verdict === 'a' || verdict === 'b') {
    const { below, above } = METRIC_WORDS[comparison.metric];
    return `${ratio < 1 ? below : above} by ${changeWords(ratio, low, high)}`;
  }
  const interval =
    low === null || high === null ? '' : ` (${roundPercent(low - 1)} to ${roundPercent(high - 1)})`;
  if (verdict === 'tie') return `tie${interval}`;
  if (detectable === null) return `unresolved${interval}`;
  // Percents of a factor above two say nothing to a reader, nor does its interval.
  const more =
    roundsForTenPercent == null
      ? ''
      : `; to see 10\u00a0% take ${plural(roundsForTenPercent, 'round')}`;
  if (detectable > 1) return `unresolved: too noisy to tell${more}`;
  return `unresolved${interval}; could have seen ${roundPercent(detectable)}${more}`;
}

/** The interval that the verdict goes by. */
export function shownInterval({
  low,
  high,
  adjustedLow = low,
  adjustedHigh = high,
}: Comparison): readonly [low: number | null, high: number | null] {
  return [adjustedLow, adjustedHigh];
}

/** The change and its interval, both as positive shares with the smaller bound first. */
function changeWords(ratio: number, low: number | null, high: number | null): string {
  const change = roundPercent(Math.abs(ratio - 1));
  if (low === null || high === null) return change;
  const range = ratio < 1 ? percentRange(1 - high, 1 - low) : percentRange(low - 1, high - 1);
  return `${change} (${range})`;
}

/** What a scenario came to: a badge and a sentence. `info` judges nothing. */
export interface Conclusion {
  readonly status: Status | 'info';
  readonly badge: string;
  readonly text: string;
}

/** Objectives speak first, then comparisons; a scenario without either has counts only. */
export function conclude(section: Section): Conclusion {
  const valid = section.arms.flatMap((arm) => arm.valid);
  if (valid.length === 0) {
    return { status: 'unknown', badge: 'void', text: 'No valid run: nothing can be concluded.' };
  }
  const runs = section.arms.flatMap((arm) => arm.runs);
  if (runs.some((run) => run.objectives.length > 0)) return concludeObjectives(section);
  if (section.comparisons.length > 0) return concludeComparisons(section);
  if (section.simulator !== null) return concludeSimulator(section.simulator);
  return { status: 'info', badge: 'counts only', text: 'No verdict was asked for.' };
}

/** A void run's figures of time prove nothing; its counts do, and fail it. */
export function runStatus(run: Run): Status {
  const status = worst(run.objectives.map((objective) => objective.verdict));
  return run.valid || status === 'fail' ? status : 'unknown';
}

/** A failure outweighs an unknown, an unknown a pass; of none nothing is known to be wrong. */
export function worst(verdicts: readonly Status[]): Status {
  return verdicts.length === 0 ? 'pass' : overall(verdicts);
}

/** How an arm stands to an objective, and in how many of its runs it met it. */
export interface ArmObjective {
  readonly objective: Objective;
  readonly passed: number;
  readonly of: number;
}

/**
 * The objective of that name over an arm's runs. Its figure is the one that the arm has everywhere else
 * on the page: the pooled p99, the share answered of all requests; of other figures the worst.
 */
export function armObjective(
  { runs, latency, answered, valid }: Pick<Arm, 'runs' | 'latency' | 'answered' | 'valid'>,
  name: string,
): ArmObjective | null {
  const all = runs.flatMap((run) => run.objectives.filter((objective) => objective.name === name));
  const status = worst(all.map((objective) => objective.verdict));
  const objective = all.find((one) => one.verdict === status);
  if (objective === undefined) return null;
  const pooled = { p99Ms: latency.p99, availability: answered }[name];
  const measured = valid.length > 1 && pooled != null ? pooled : objective.measured;
  const passed = all.filter((one) => one.verdict === 'pass').length;
  return { objective: { ...objective, measured }, passed, of: all.length };
}

/** Of one arm: `meets every objective`, `misses p99 and availability`, and what cannot be judged. */
export function objectivesInWords({ runs }: Pick<Arm, 'runs'>): {
  readonly status: Status;
  readonly text: string;
} {
  const status = worst(runs.map(runStatus));
  if (status === 'pass') return { status, text: 'meets every objective' };
  if (status === 'unknown') return { status, text: 'cannot be judged' };
  const missed = new Set(
    runs.flatMap(({ objectives }) =>
      objectives.filter(({ verdict }) => verdict === 'fail').map(({ name }) => words(name)),
    ),
  );
  return { status, text: `misses ${listWords([...missed])}` };
}

/** `a`, `a and b`, `a, b and c`. */
function listWords(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

/** A scenario is failed where every arm fails: while one does not, each has a verdict of its own. */
function concludeObjectives({ arms }: Section): Conclusion {
  const byStatus = Map.groupBy(arms, (arm) => objectivesInWords(arm).status);
  const named = (wanted: Status) => (byStatus.get(wanted) ?? []).map(({ label }) => label);
  const [pass, fail, unknown] = [named('pass'), named('fail'), named('unknown')];
  const parts = [
    { words: pass.length === 1 ? 'meets every objective' : 'meet every objective', labels: pass },
    { words: fail.length === 1 ? 'misses an objective' : 'miss an objective', labels: fail },
    { words: 'cannot be judged', labels: unknown },
  ].filter(({ labels }) => labels.length > 0);
  const text = `${parts.map((part) => `${listWords(part.labels)} ${part.words}`).join('; ')}.`;
  const [only, ...others] = byStatus.keys();
  if (only !== undefined && others.length === 0) return { status: only, badge: only, text };
  return { status: 'info', badge: `${pass.length} of ${arms.length} pass`, text };
}

function concludeComparisons(section: Section): Conclusion {
  const { comparisons } = section;
  const decided = comparisons.filter((one) => one.verdict === 'a' || one.verdict === 'b');
  const best = decided
    .filter((one) => one.verdict === 'a')
    .sort((x, y) => effect(y) - effect(x))[0];
  const text =
    best === undefined
      ? `${plural(comparisons.length, 'comparison')}, none in which the reference was beaten.`
      : `${labelOf(section, best.a)} against ${labelOf(section, best.b)}: ` +
        `${verdictWords(best)} in ${metricName(best.metric)}.`;
  if (decided.length > 0) return { status: 'info', badge: 'difference found', text };
  const tie = comparisons.every((one) => one.verdict === 'tie');
  return tie
    ? { status: 'info', badge: 'tie', text: 'Every comparison is a tie.' }
    : { status: 'unknown', badge: 'unresolved', text: 'No difference beyond chance was seen.' };
}

/** By response times, and without the controls, as the whole file's verdict is. */
function concludeSimulator({ comparisons }: Simulator): Conclusion {
  const own = comparisons.filter((one) => one.of !== 'queueing' && !isControl(one));
  const count = (verdicts: readonly Comparison['verdict'][]): number =>
    own.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const [agree, differ] = [count(['tie']), count(['a', 'b'])];
  const text = `The simulator surely agrees with the live run in ${agree} of ${plural(own.length, 'figure')} of response time, and surely differs in ${differ}.`;
  if (differ > 0) return { status: 'fail', badge: 'differs', text };
  const all = own.length > 0 && agree === own.length;
  return { status: all ? 'pass' : 'unknown', badge: all ? 'agrees' : 'unresolved', text };
}

/** Size of a difference, the same for a half and a double. */
function effect(comparison: Comparison): number {
  return Math.abs(Math.log(comparison.ratio ?? 1));
}

/** The label of the arm of that id; the id itself where no run is of that arm. */
export function labelOf(section: Section, armId: string): string {
  return section.arms.find((arm) => arm.id === armId)?.label ?? armId;
}
