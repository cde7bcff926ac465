/**
 * The first thing on the page: what was found out, as a plain sentence, how sure it is, and when not to
 * believe it.
 */

import { isGuard } from '../laws.ts';
import type { Comparison, Results } from '../results.ts';
import type { Section } from './arms.ts';
import { differencesSentence } from './differences.ts';
import { fleetWords, loadWords } from './fleet.ts';
import { answered, number, plural, roundPercent } from './format.ts';
import { matrixRow } from './matrix-row.ts';
import { labelOf, metricName, shownInterval } from './verdicts.ts';

/** A sentence, and what stands behind it. */
export interface Answer {
  readonly sentence: string;
  /** Interval, rounds and the other arms; empty where nothing was concluded. */
  readonly sure: string;
}

/** What the whole file says: one answer, or one for each scenario that was compared. */
export function answersOf(results: Results, sections: readonly Section[]): readonly Answer[] {
  const { differences, verdict, interrupted } = results;
  if (differences?.differences.some((one) => one.verdict === 'worse')) {
    return [{ sentence: differencesSentence(differences), sure: '' }];
  }
  const compared = sections.filter((section) => section.comparisons.length > 0);
  const found =
    compared.length > 0 ? compared.map(comparedAnswer) : otherAnswers(results, sections);
  const answers = found.length > 0 ? found : [{ sentence: verdict.text, sure: '' }];
  if (!interrupted) return answers;
  return answers.map((one, i) =>
    i === 0 ? { ...one, sentence: `Interrupted. ${one.sentence}` } : one,
  );
}

function otherAnswers({ kind, sweeps = [] }: Results, sections: readonly Section[]): Answer[] {
  if (kind !== 'sim') return [];
  const simulated = sections
    .flatMap((section) => widestAnswer(section) ?? [])
    .sort((x, y) => y.factor - x.factor);
  const curves = sweeps.flatMap((sweep) => sweepAnswer(sweep) ?? []);
  return simulated.length > 0 ? simulated : curves;
}

/** The arms of a scenario, the reference once more left out; the best one first. */
function comparedAnswer(section: Section): Answer {
  const { comparisons, title } = section;
  const others = comparisons.filter((one) => !isGuard(one));
  const [first] = comparisons;
  const guard = comparisons.find(isGuard);
  if (first === undefined || others.every(({ n }) => n === 0)) {
    return { sentence: `${title}: nothing was compared.`, sure: reasonsOf(others) };
  }
  const reference = labelOf(section, first.b);
  if (guard?.verdict === 'a' || guard?.verdict === 'b') {
    return {
      sentence: `${title}: nothing can be concluded, for ${reference} differs from itself.`,
      sure: '',
    };
  }
  const better = others.filter(({ verdict }) => verdict === 'a').sort((x, y) => gain(y) - gain(x));
  const [best, ...next] = better;
  if (best !== undefined) {
    return {
      sentence: `${title}: ${gainWords(section, best)}.`,
      sure: sureWords(section, best, next),
    };
  }
  return {
    sentence: `${title}: ${noGainWords(section, others, reference)}.`,
    sure: reasonsOf(others),
  };
}

/** Larger for a greater gain, be it a smaller time or a greater rate. */
function gain({ ratio, metric }: Comparison): number {
  if (ratio === null || ratio <= 0) return Number.POSITIVE_INFINITY;
  return metric === 'throughput' ? Math.log(ratio) : -Math.log(ratio);
}

function gainWords(
  section: Section,
  { a, b, metric, ratio, reason, answered: shares }: Comparison,
): string {
  const [arm, reference] = [labelOf(section, a), labelOf(section, b)];
  if (reason !== undefined || ratio === null) {
    return `${arm} answered ${answered(shares?.a ?? null)} of its requests, ${reference} ${answered(shares?.b ?? null)}`;
  }
  if (metric === 'throughput')
    return `${arm} served ${number(Number(ratio.toPrecision(3)))} times as many requests as ${reference}`;
  return `${arm} cut ${metricName(metric)} to ${shareWords(ratio)} ${reference}’s`;
}

/** Shares answered that differ by less are alike. */
const ANSWERED_APART = 0.01;

const FRACTIONS: readonly (readonly [share: number, words: string])[] = [
  [0.75, 'three quarters of'],
  [2 / 3, 'two thirds of'],
  [1 / 2, 'half of'],
  [1 / 3, 'a third of'],
  [1 / 4, 'a quarter of'],
  [1 / 5, 'a fifth of'],
  [1 / 10, 'a tenth of'],
];
/** A fraction's word is said of what is this near to it. */
const NEAR = 0.06;

/** `a quarter of`, else `62 % of`. */
export function shareWords(share: number): string {
  const found = FRACTIONS.find(([one]) => Math.abs(share / one - 1) <= NEAR);
  return found?.[1] ?? `${roundPercent(share)} of`;
}

function sureWords(section: Section, best: Comparison, next: readonly Comparison[]): string {
  const [low, high] = shownInterval(best);
  const parts = [];
  if (best.ratio !== null && low !== null && high !== null) {
    parts.push(
      `× ${best.ratio.toFixed(2)}, surely (95\u00a0%) between × ${low.toFixed(2)} and × ${high.toFixed(2)}, from ${plural(best.n, 'round')}.`,
    );
  }
  const others = next.map((one) =>
    one.ratio === null
      ? labelOf(section, one.a)
      : `${labelOf(section, one.a)} (× ${one.ratio.toFixed(2)})`,
  );
  if (others.length > 0) parts.push(`Also better: ${others.join(', ')}.`);
  return parts.join(' ');
}

function noGainWords(section: Section, others: readonly Comparison[], reference: string): string {
  const worse = others.filter(({ verdict }) => verdict === 'b');
  if (others.every(({ verdict }) => verdict === 'tie')) return `all are level with ${reference}`;
  if (worse.length > 0) {
    const names = worse.map((one) => labelOf(section, one.a)).join(', ');
    return `none is better than ${reference}; worse: ${names}`;
  }
  const seen = others.map(({ detectable }) => detectable).filter((one) => one !== null);
  const most = Math.max(...seen);
  const could = seen.length > 0 && most <= 1 ? `; ${roundPercent(most)} would have been seen` : '';
  return `no difference from ${reference} beyond chance${could}`;
}

function reasonsOf(comparisons: readonly Comparison[]): string {
  const reasons = new Set(comparisons.flatMap(({ reason }) => reason ?? []));
  return [...reasons].map((reason) => `${reason}.`).join(' ');
}

/** How far apart the best and the worst p99 of a simulated scenario are. */
function widestAnswer(section: Section): (Answer & { readonly factor: number }) | null {
  const byAnswered = answeredApart(section);
  if (byAnswered !== null) return byAnswered;
  const cells = matrixRow(section).filter(({ times, greyed }) => times !== null && !greyed);
  const sorted = cells.sort((x, y) => (x.times ?? 0) - (y.times ?? 0));
  const [best, worst] = [sorted[0], sorted.at(-1)];
  if (best === undefined || worst === undefined || best === worst) return null;
  const factor = (worst.times ?? 1) / (best.times ?? 1);
  const apart =
    factor < 1.1
      ? `all p99s are within ${roundPercent(factor - 1)} of each other`
      : `${best.arm.label} has the shortest p99, ${worst.arm.label} one ${number(Number(factor.toPrecision(2)))} times as long`;
  return { sentence: `${section.title}: ${apart}.`, sure: '', factor };
}

/** Where strategies differ in what they answered, that comes before how fast. */
function answeredApart({ arms, title }: Section): (Answer & { readonly factor: number }) | null {
  const known = arms.flatMap((arm) =>
    arm.answered === null ? [] : [{ arm, share: arm.answered }],
  );
  const sorted = known.sort((x, y) => y.share - x.share);
  const [best, worst] = [sorted[0], sorted.at(-1)];
  if (best === undefined || worst === undefined || best.share - worst.share < ANSWERED_APART) {
    return null;
  }
  const sentence = `${title}: ${best.arm.label} answered ${answered(best.share)} of its requests, ${worst.arm.label} ${answered(worst.share)}.`;
  return { sentence, sure: '', factor: best.share / worst.share };
}

function sweepAnswer({
  title,
  points,
  unit,
}: NonNullable<Results['sweeps']>[number]): Answer | null {
  const most = Math.max(...points.map(({ load }) => load));
  const sorted = points.filter(({ load }) => load === most).sort((x, y) => x.mean - y.mean);
  const [best, worst] = [sorted[0], sorted.at(-1)];
  if (best === undefined || worst === undefined || best === worst) return null;
  const of = unit === 'ms' ? '\u00a0ms' : ' service times';
  const figure = (value: number): string => `${number(Number(value.toPrecision(3)))}${of}`;
  const sentence = `${title}: at load ${most}, ${best.strategy} answers in ${figure(best.mean)} in the mean, ${worst.strategy} in ${figure(worst.mean)}.`;
  return { sentence, sure: '' };
}

/** Each a sentence: under what the answers hold, and what they could not have shown. */
export function doubtsOf(results: Results, sections: readonly Section[]): readonly string[] {
  const doubts: string[] = [];
  const live = sections.filter((section) => !section.simulated);
  const asked = (live.length > 0 ? live : sections).filter((one) => one.comparisons.length > 0);
  for (const { scenario, name } of asked) {
    const load = scenario === null ? null : loadWords(scenario);
    if (scenario === null || load === null) continue;
    const fleet = scenario.fleet.map(fleetWords).join('; ');
    doubts.push(
      `${name} was measured at ${load}, on ${fleet}: another load or fleet may change the order.`,
    );
  }
  const unseen = results.comparisons.map(({ detectable }) => detectable ?? 0);
  const most = Math.max(0, ...unseen.filter((one) => one <= 1));
  if (most > 0) doubts.push(`A difference below ${roundPercent(most)} could have gone unseen.`);
  const voids = results.runs.filter(({ valid }) => !valid).length;
  if (voids > 0) {
    doubts.push(
      `${plural(voids, 'run')} of ${results.runs.length} void: the generator was late, and nothing is concluded from their times.`,
    );
  }
  if (live.length > 0) {
    const { cores } = results.environment;
    doubts.push(
      `Client, balancer and backends shared ${plural(cores, 'core')} of one machine: rates and CPU are of it.`,
    );
  }
  if (sections.some(({ simulated }) => simulated) || live.length === 0) {
    doubts.push(
      'What is marked simulated took place in virtual time: it tells what a queueing model predicts, not what a machine did.',
    );
  }
  return doubts;
}
