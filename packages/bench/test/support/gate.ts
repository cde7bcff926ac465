/** Evenkeel under chaos, for gates that count what became of the requests. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '@evenkeel/report';
import { checkScenario, SCENARIO_FOLDER, type Scenario } from '@evenkeel/sim';
import { parse } from 'yaml';
import { type ChaosArm, runChaosOnce } from '../../src/chaos/arm.ts';
import { Generator } from '../../src/load/generator.ts';
import { silent } from '../../src/output/display.ts';
import { evenkeel } from '../../src/subjects/evenkeel.ts';

/** A scenario of the library with some of its fields changed, checked as a whole. */
export function scenarioWith(name: string, changes: Record<string, unknown>): Scenario {
  const file = parse(readFileSync(join(SCENARIO_FOLDER, `${name}.yaml`), 'utf8'));
  const load = { ...file.load, ...(changes.load as object | undefined) };
  return checkScenario({ ...file, ...changes, load }, name);
}

/** One run with a fleet, a balancer and a generator of its own, all gone afterwards. */
export async function underChaos(scenario: Scenario, strategy = 'round-robin'): Promise<ChaosArm> {
  await using generator = new Generator();
  const arm = { subject: evenkeel, strategy, label: strategy };
  const commandEpochMs = Date.now();
  const { seed } = scenario;
  return await runChaosOnce({
    scenario,
    arm,
    order: 1,
    seed,
    generator,
    commandEpochMs,
    display: silent,
  });
}

/** Everything but ok, by cause; empty when nothing failed. */
export function failures({ requests }: Run): Record<string, number> {
  const causes = { ...requests.errors, lost: requests.lost };
  return Object.fromEntries(Object.entries(causes).filter(([, count]) => count > 0));
}
