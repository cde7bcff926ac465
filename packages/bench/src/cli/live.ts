/** What of a scenario a live run, or one of its subjects, cannot do: said before anything starts. */

import { type Scenario, simulatedOnly } from '@evenkeel/sim';
import type { Subject } from '../subjects/subject.ts';
import { UsageError } from '../usage.ts';

/** Throws for what cannot be left out without running something else than was asked for. */
export function requireLive(subjects: readonly Subject[], scenarios: readonly Scenario[]): void {
  for (const scenario of scenarios) {
    const { name } = scenario;
    const never = simulatedOnly(scenario).find(({ canBeLeftOut }) => !canBeLeftOut);
    if (never !== undefined) {
      const { field, value, what } = never;
      throw new UsageError(`${name}: ${field} ${value}: ${what} can only be simulated`);
    }
    const asks = scenario.actions.find(({ action }) => typeof action === 'string');
    const unable = asks && subjects.find(({ takesActions }) => !takesActions);
    if (unable !== undefined) {
      throw new UsageError(
        `${name}: actions: ${asks?.action} needs evenkeel as the subject, got ${unable.name}`,
      );
    }
  }
}

/** One line for each part of a scenario that the run, or one of its subjects, goes without. */
export function leftOutLines(
  subjects: readonly Subject[],
  scenarios: readonly Scenario[],
): string[] {
  return scenarios.flatMap((scenario) => {
    const { name, lb } = scenario;
    const parts = simulatedOnly(scenario).map(
      ({ field, value, what }) => `${what} (${field} ${value})`,
    );
    const lines = [...new Set(subjects)].flatMap((subject) => {
      const ignored = settingsOf(lb).filter(([setting, value]) => !subject.takes(setting, value));
      if (ignored.length === 0) return [];
      const settings = ignored.map(([setting]) => `lb.${setting}`).join(', ');
      return [`${name}: ${subject.name} does not take ${settings}, and does there as it is made`];
    });
    if (parts.length === 0) return lines;
    return [
      `${name}: a live run goes without what is simulated only: ${parts.join(', ')}`,
      ...lines,
    ];
  });
}

/** Settings by their places: `{ health: { intervalMs: 500 } }` is `health.intervalMs`, 500. */
function settingsOf(settings: object, above = ''): (readonly [string, unknown])[] {
  return Object.entries(settings).flatMap(([key, value]: [string, unknown]) => {
    const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMapping ? settingsOf(value, `${above}${key}.`) : [[`${above}${key}`, value] as const];
  });
}
