/** `pnpm demo`: the first look. The default scenarios with the real strategies, and a report, in seconds. */

import { join } from 'node:path';
import { strategyNamed } from '@evenkeel/core';
import {
  answeredShare,
  format,
  objectivesInWords,
  pooledLatency,
  type Run,
  sumRequests,
  writeReport,
} from '@evenkeel/report';
import type { Command } from 'commander';
import { simulate } from '../engine/simulation.ts';
import { commandLine } from '../run/environment.ts';
import { modelService } from '../run/model.ts';
import { scenarioSummary, simulatedRun } from '../run/simulated-run.ts';
import { SWEEP_SCHEMA, type SweepFile, sweepTasks } from '../run/sweep.ts';
import { sweepForReport } from '../run/sweep-report.ts';
import { runTasks } from '../run/threads.ts';
import { VisitRecorder } from '../run/visits.ts';
import { loadScenario } from '../scenario/load.ts';
import type { Scenario } from '../scenario/types.ts';
import { defaultJobs } from './flags.ts';
import { type Display, displayFor, figure, table } from './output.ts';
import { emptyResults } from './results.ts';

/** In each another thing decides: the load of a backend, its size, and what it answers. */
const SCENARIOS = ['one-slow', 'heterogeneous', 'sinkhole-trap'];
const STRATEGIES = ['round-robin', 'random', 'least-connections', 'power-of-two', 'peak-ewma'];
const SEED = 42;
/** Enough for a 99.9th percentile of a scenario's few thousand requests. */
const ROUNDS = 5;
const SWEEP = {
  strategies: ['random', 'round-robin', 'power-of-two', 'least-connections'],
  loads: [0.5, 0.6, 0.7, 0.8, 0.9],
  seed: SEED,
  model: { servers: 10, requests: 30_000, service: modelService('exponential') },
};

/** A demo judges no whole: each strategy has its own verdict in each scenario. */
const VERDICT = {
  status: 'pass',
  text: `${SCENARIOS.length} scenarios, simulated; each strategy has its own verdict`,
} as const;

/** `pnpm sim demo`. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('Simulates the default scenarios with the real strategies and writes a report.')
    .option('--out <dir>', 'where to', join('reports', 'demo'))
    .addHelpText('after', '\nExample:\n  pnpm demo --out /tmp/demo')
    .action(async ({ out }: { out: string }) => {
      const display = displayFor(undefined);
      const scenarios = SCENARIOS.map(loadScenario);
      const runs = scenarios.flatMap((scenario) => runScenario(scenario, display));
      const tasks = sweepTasks(SWEEP);
      const results = await runTasks(tasks, defaultJobs(), () => display.progress('sweep'));
      const points = results.map((result, task) => ({ task, result }));
      const sweep: SweepFile = { schema: SWEEP_SCHEMA, plan: SWEEP, shard: null, points };
      const { htmlPath } = await writeReport(
        {
          ...emptyResults(SEED),
          command: commandLine('sim', process.argv.slice(2)), // its seed is fixed
          scenarios: scenarios.map(scenarioSummary),
          runs,
          sweeps: [sweepForReport(sweep)],
          verdict: VERDICT,
        },
        out,
      );
      display.line(`report: ${htmlPath}`);
    });
}

function runScenario(scenario: Scenario, display: Display): Run[] {
  const runs: Run[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    STRATEGIES.forEach((strategy, i) => {
      display.progress(`${scenario.name}: round ${round}, ${strategy}`);
      const observer = new VisitRecorder(scenario.load.warmupMs);
      const result = simulate({
        scenario,
        strategy: strategyNamed(strategy).create(),
        seed: SEED + round - 1,
        timeline: true,
        observer,
      });
      const place = { strategy, round, order: i + 1, startedMs: 0 };
      runs.push(simulatedRun(scenario, result, place, observer.visits));
    });
  }
  display.line(`${scenario.name}: ${scenario.title}`);
  display.line(`${scenarioTable(runs)}\n`);
  return runs;
}

/** Over all rounds together, as in the report. */
function scenarioTable(runs: readonly Run[]): string {
  const rows = STRATEGIES.map((strategy) => {
    const mine = runs.filter((run) => run.strategy === strategy);
    const { mean, p50, p99 } = pooledLatency(mine);
    const answered = format.percent(answeredShare(sumRequests(mine)), 2);
    const { text } = objectivesInWords({ runs: mine });
    return [strategy, answered, figure(mean), figure(p50), figure(p99), text];
  });
  return table([['strategy', 'answered', 'mean ms', 'p50 ms', 'p99 ms', 'objectives'], ...rows]);
}
