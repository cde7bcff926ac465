/** The trace hash of a run in a browser's worker is that of Node. */

import { strategyNamed } from '@evenkeel/core';
import { loadScenario, simulate } from '@evenkeel/sim';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { inPage } from './page.ts';

const STRATEGY = 'peak-ewma';

/** @param names of scenarios of the library */
export async function expectHashesOfNode(page: Page, names: readonly string[]): Promise<void> {
  const scenarios = names.map((name) => loadScenario(name));
  const there = await inPage<string[]>(
    page,
    `const strategy = { name: ${JSON.stringify(STRATEGY)} };
     const hashes = [];
     for (const scenario of ${JSON.stringify(scenarios)}) {
       const ask = { kind: 'run', scenario, strategy, seed: scenario.seed };
       hashes.push((await lab.worlds[0].remote.ask(ask)).traceHash);
     }
     return hashes;`,
  );
  const here = scenarios.map(
    (scenario) => simulate({ scenario, strategy: strategyNamed(STRATEGY).create() }).traceHash,
  );
  expect(there).toEqual(here);
}
