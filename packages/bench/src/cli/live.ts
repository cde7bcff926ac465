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

/** One line for each scenario that the run goes without a part of. */
export function leftOutLines(scenarios: readonly Scenario[]): string[] {
  return scenarios.flatMap((scenario) => {
    const parts = simulatedOnly(scenario).map(
      ({ field, value, what }) => `${what} (${field} ${value})`,
    );
    if (parts.length === 0) return [];
    return [
      `${scenario.name}: a live run goes without what is simulated only: ${parts.join(', ')}`,
    ];
  });
}
