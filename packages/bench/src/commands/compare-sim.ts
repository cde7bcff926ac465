/** `pnpm bench --compare-sim`: each strategy live, and the simulator's answer to the same requests. */

import type { Distribution } from '@evenkeel/core';
import { histogramOf } from '@evenkeel/core/stats';
import { type Comparison, type Results, type Run, type Times, timesFrom } from '@evenkeel/report';
import { simulatorTable } from '../output/simulator-tables.ts';
import { nameOf } from '../run/arms.ts';
import {
  beyondService,
  CONTROL,
  compareWithSimulated,
  measureOverhead,
  simulateBeside,
} from '../run/compare-sim.ts';
import { type RoundsOptions, runRounds } from '../run/rounds.ts';
import type { Arm, RawRun } from '../run/stage.ts';

/** What one scenario adds to the results. */
export type Part = Pick<Results, 'runs' | 'comparisons' | 'sweeps' | 'absent'>;

/** The load is the scenario's own. */
type CompareSimOptions = Omit<RoundsOptions, 'load' | 'queueing'>;

/** All rounds live, after the overhead of each arm; then the simulator, right and wrong. */
export async function compareSimulator(options: CompareSimOptions): Promise<Part> {
  const { scenario, arms, display, rounds } = options;
  const overheads = await overheadsOfArms(options);
  const { load } = scenario;
  const queueing = (raw: RawRun): Times =>
    timesFrom(histogramOf(beyondService(scenario, raw, load.warmupMs)));
  const live = await runRounds({ ...options, load, queueing });
  const runs: Run[] = [...live];
  const comparisons: Comparison[] = [];
  // The control is simulated for each arm, and kept once: its own arm has it already.
  let isControlKept = arms.some(({ strategy }) => strategy === CONTROL);
  for (const [arm, overhead] of overheads) {
    const mine = live.filter(({ strategy }) => strategy === arm.strategy);
    const simulated = simulateBeside(scenario, mine, arm.strategy, overhead);
    runs.push(...simulated);
    comparisons.push(...compareWithSimulated(scenario, mine, simulated));
    if (arm.strategy === CONTROL) continue;
    const wrong = simulateBeside(scenario, mine, CONTROL, overhead);
    if (!isControlKept) runs.push(...wrong);
    isControlKept = true;
    comparisons.push(...compareWithSimulated(scenario, mine, wrong));
  }
  const seconds = (load.durationMs / 1000).toFixed(0);
  display.line(`\n${scenario.name}: ${scenario.title}  (${rounds} rounds of ${seconds} s)`);
  for (const line of simulatorTable(comparisons, runs, display.colour)) display.line(line);
  return { runs, comparisons };
}

async function overheadsOfArms({
  stage,
  scenario,
  arms,
  seed,
  display,
}: CompareSimOptions): Promise<Map<Arm, Distribution>> {
  const overheads = new Map<Arm, Distribution>();
  for (const arm of arms.filter((one) => stage.isPresent(one))) {
    display.status(`${scenario.name}: overhead of ${nameOf(arm)}`, 0);
    const overhead = await measureOverhead(stage, scenario, arm, seed);
    display.step(
      `${scenario.name}: ${nameOf(arm)} adds ${overhead.mean.toFixed(2)} ms to a service`,
    );
    overheads.set(arm, overhead);
  }
  return overheads;
}
