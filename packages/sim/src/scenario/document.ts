/** A scenario as it could stand in a file: what the schema makes of it is the same again. */

import type { Load, Scenario } from './types.ts';

/** A file cannot say "for ever"; a day is longer than any run. */
const FOR_EVER_MS = 86_400_000;

function loadDocument(load: Load): object {
  if (load.kind === 'closed' || load.arrivals.kind === 'bursty') return load;
  return { ...load, arrivals: load.arrivals.kind };
}

/** Plain data: `checkScenario` of it gives the scenario back, but for times that have no end. */
export function scenarioDocument(scenario: Scenario): Readonly<Record<string, unknown>> {
  const text = JSON.stringify({ ...scenario, load: loadDocument(scenario.load) }, (_, value) =>
    value === Infinity ? FOR_EVER_MS : value,
  );
  return JSON.parse(text);
}
