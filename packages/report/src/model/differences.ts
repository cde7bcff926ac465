/** Differences of two results.json in words, for page, terminal and comment alike. */

import type { Difference, Differences } from '../differences.ts';
import { shortName } from '../laws.ts';
import { answered, byName, count, duration, plural, roundPercent, UNKNOWN } from './format.ts';
import { metricName } from './verdicts.ts';

/** One difference as text, cell by cell. */
export interface DifferenceCells {
  readonly arm: string;
  readonly figure: string;
  readonly before: string;
  readonly now: string;
  /** `+12 % (8 % to 17 %)` */
  readonly change: string;
}

/** `all`: the differences that stand together, in which an arm has one name. */
export function differenceCells(one: Difference, all: readonly Difference[]): DifferenceCells {
  const { arm, against, metric, before, now } = one;
  const arms = all.flatMap((other) => [other.arm, other.against ?? other.arm]);
  const figure = metric === 'answered' ? 'answered' : metricName(metric);
  return {
    arm: shortName(arm, arms),
    figure: against === null ? figure : `${figure} × ${shortName(against, arms)}`,
    before: figureText(one, before),
    now: figureText(one, now),
    change: changeText(one),
  };
}

function figureText({ metric, against }: Difference, value: number | null): string {
  if (value === null) return UNKNOWN;
  if (against !== null) return `×\u00a0${value.toFixed(2)}`;
  if (metric === 'answered') return answered(value);
  if (metric === 'throughput') return `${count(value)}/s`;
  if (metric === 'cpuUsPerRequest') return byName(metric, value);
  return duration(Number(value.toPrecision(3)));
}

function changeText({ change, low, high }: Difference): string {
  if (change === null) return UNKNOWN;
  const own = signed(change - 1);
  return low === null || high === null ? own : `${own} (${signed(low - 1)} to ${signed(high - 1)})`;
}

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${roundPercent(share)}`;
}

/** All of it in one sentence. */
export function differencesSentence({ differences, margin }: Differences): string {
  const of = (verdict: Difference['verdict']): readonly Difference[] =>
    differences.filter((one) => one.verdict === verdict);
  const worse = of('worse');
  if (worse.length > 0) {
    return `${plural(worse.length, 'figure')} worse than before by more than ${roundPercent(margin)}: ${worse.map((one) => regressionText(one, differences)).join('; ')}.`;
  }
  const [better, same] = [of('better').length, of('same').length];
  const parts = [
    ...(better > 0 ? [`${better} better`] : []),
    ...(same > 0 ? [`${same} the same within ${roundPercent(margin)}`] : []),
    `${differences.length - better - same} not resolved`,
  ];
  return `Nothing is surely worse than before: of ${plural(differences.length, 'figure')}, ${parts.join(', ')}.`;
}

/** `one-slow: peak-ewma, p99 latency × round-robin, was × 0.40, is × 0.80` */
export function regressionText(one: Difference, all: readonly Difference[]): string {
  const { arm, figure, before, now } = differenceCells(one, all);
  return `${one.scenario}: ${arm}, ${figure}, was ${before}, is ${now}`;
}
