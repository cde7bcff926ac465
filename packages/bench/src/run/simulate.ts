/** The same scenarios in virtual time: every strategy, in seconds, marked as simulated in results. */

import { setImmediate as breathe } from 'node:timers/promises';
import type { Run } from '@evenkeel/report';
import { type Scenario, simulate, simulatedRun, strategyByName } from '@evenkeel/sim';
import type { Display } from '../output/display.ts';

export interface SimulatedOptions {
  readonly scenarios: readonly Scenario[];
  readonly strategies: readonly string[];
  readonly seed: number;
  readonly commandEpochMs: number;
  readonly display: Display;
  readonly signal?: AbortSignal | undefined;
}

/** One run per scenario and strategy; of an interrupted one, the scenarios that were finished. */
export async function simulateAll(options: SimulatedOptions): Promise<Run[]> {
  const { scenarios, strategies, seed, commandEpochMs, display, signal } = options;
  const runs: Run[] = [];
  for (const [i, scenario] of scenarios.entries()) {
    display.status(`simulator  ${scenario.name}`, i / scenarios.length);
    const mine: Run[] = [];
    for (const [k, strategy] of strategies.entries()) {
      const startedMs = Math.max(0, Date.now() - commandEpochMs);
      const factory = strategyByName(strategy).create();
      const result = simulate({ scenario, strategy: factory, seed, timeline: true });
      const place = { strategy, round: 1, order: k + 1, startedMs };
      mine.push(withoutSpread(simulatedRun(scenario, result, place)));
      await breathe(); // An interrupt is heard between two simulations.
      if (signal?.aborted) return runs;
    }
    runs.push(...mine);
  }
  return runs;
}

/** Of hundreds of runs, how latencies spread in each window would be most of the file. */
function withoutSpread(run: Run): Run {
  return { ...run, timeline: run.timeline.map(({ spread: _, ...window }) => window) };
}
