/** A scenario as results.json keeps it. */

import type { ScenarioSummary } from '@evenkeel/report';
import type { Scenario } from '@evenkeel/sim';

/** The same values; copied, because an interface has no index signature and a literal has. */
export function summaryOf(scenario: Scenario): ScenarioSummary {
  const fleet = scenario.fleet.map((entry) => ({ ...entry, service: { ...entry.service } }));
  return { ...scenario, fleet, load: { ...scenario.load } };
}
