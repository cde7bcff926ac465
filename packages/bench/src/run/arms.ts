/** Which arms take part: subjects × strategies, and one of them twice as the guard (A/A). */

import { strategies as registry, strategyNamed } from '@evenkeel/core';
import { armOf } from '@evenkeel/report';
import { parseSubjects } from '../subjects/parse.ts';
import type { Subject } from '../subjects/subject.ts';
import { UsageError } from '../usage.ts';
import type { Arm } from './stage.ts';

/** Said to the user about something that was asked for and is left out. */
export type Notice = (text: string) => void;

/** The arms in the order asked for. Throws a `UsageError` when none is left. */
export function armsOf(
  subjects: readonly Subject[],
  strategies: readonly string[],
  notice: Notice,
): Arm[] {
  const arms: Arm[] = [];
  for (const subject of subjects) {
    const missing = subject.unavailable();
    if (missing !== null) {
      notice(`skipped: ${missing}`);
      continue;
    }
    const chosen = subject.strategies(strategies);
    if (chosen.length === 0)
      notice(`skipped: ${subject.name} knows none of ${strategies.join(', ')}`);
    for (const strategy of chosen) arms.push({ subject, strategy, label: strategy });
  }
  if (arms.length === 0) throw new UsageError('--subjects: none of them can run here');
  return arms;
}

/**
 * Two arms, each written as a strategy (of evenkeel), a subject (by round robin), or
 * `subject/strategy`. Throws a `UsageError` for anything else.
 */
export function pairOfArms(a: string, b: string, notice: Notice): Arm[] {
  const arms = [a, b].flatMap((text) => {
    const slash = /^([\w-]+)\/([\w-]+)$/.exec(text);
    const isStrategy = slash === null && registry.some(({ name }) => name === text);
    const subject = isStrategy ? 'evenkeel' : (slash?.[1] ?? text);
    const strategy = isStrategy ? text : (slash?.[2] ?? 'round-robin');
    return armsOf(parseSubjects(subject), [strategyNamed(strategy).name], notice);
  });
  const [first, second] = arms;
  if (first !== undefined && second !== undefined && nameOf(first) === nameOf(second)) {
    throw new UsageError(`bench compare: expected two different arms, got ${nameOf(first)} twice`);
  }
  return arms;
}

/** The arms with the first one repeated right behind itself. */
export function withRepeatedReference(arms: readonly Arm[]): Arm[] {
  const [reference, ...others] = arms;
  if (reference === undefined) return [];
  return [reference, { ...reference, label: `${reference.label}#2` }, ...others];
}

/** As results.json names it in comparisons. */
export function nameOf({ subject, label }: Pick<Arm, 'subject' | 'label'>): string {
  return armOf({ subject: subject.name, strategy: label });
}
