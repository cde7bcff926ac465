/** Whether something happens in a scenario: then a run of it is one story, and rounds cannot be compared. */

import type { Scenario } from '@evenkeel/sim';

/** It has faults, or an operator's actions. */
export function isEpisode({ faults, actions }: Pick<Scenario, 'faults' | 'actions'>): boolean {
  return faults.length + actions.length > 0;
}
