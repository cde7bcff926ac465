/** `pnpm chaos`: each arm under each scenario's faults, alone, ending in a verdict. */

import { overall, RESULTS_SCHEMA, type Results, type Status } from '@evenkeel/report';
import { commandLine, environment, gitState, type Scenario, scenarioSummary } from '@evenkeel/sim';
import { type ChaosArm, runChaosArm } from '../chaos/arm.ts';
import { EPISODE_TOTAL_MS, episodeSeed, randomEpisode } from '../chaos/random.ts';
import { Generator } from '../load/generator.ts';
import { chaosText } from '../output/chaos-text.ts';
import type { Display } from '../output/display.ts';
import { armsOf, nameOf } from '../run/arms.ts';
import type { Subject } from '../subjects/subject.ts';

/** Checked values; the command line's defaults are in cli.ts. */
export interface ChaosOptions {
  readonly scenarios: readonly Scenario[];
  readonly subjects: readonly Subject[];
  readonly strategies: readonly string[];
  readonly seed: number;
  readonly realBackends?: readonly string[] | undefined;
  /** Repeats this run. */
  readonly command: string;
  /** What the replay of one episode needs beside the seed. */
  readonly replayArgs: readonly string[];
}

/** Runs every scenario on every arm and returns what is to be written. */
export async function chaos(options: ChaosOptions, display: Display): Promise<Results> {
  const startedAt = new Date();
  const { scenarios } = options;
  const done = await runAll(options, scenarios, options.seed, startedAt, display);
  return resultsOf(options, scenarios, done, startedAt);
}

/**
 * Episodes drawn from the seed, one after the other, until `minutes` are over; at least one. Ends
 * early at the first failure, with the line that replays it.
 */
export async function randomChaos(
  options: ChaosOptions,
  minutes: number,
  display: Display,
): Promise<Results> {
  const startedAt = new Date();
  const until = performance.now() + minutes * 60_000;
  const scenarios: Scenario[] = [];
  const done: ChaosArm[] = [];
  do {
    const seed = episodeSeed(options.seed, scenarios.length);
    const scenario = randomEpisode(seed);
    scenarios.push(scenario);
    done.push(...(await runAll(options, [scenario], seed, startedAt, display)));
    if (done.some(({ status }) => status === 'fail')) {
      const args = ['--random', '--minutes', '0.1', ...options.replayArgs];
      display.line(`replay: ${commandLine('chaos', args, seed)}`);
      break;
    }
  } while (performance.now() + EPISODE_TOTAL_MS <= until);
  return resultsOf(options, scenarios, done, startedAt);
}

async function runAll(
  { subjects, strategies, realBackends }: ChaosOptions,
  scenarios: readonly Scenario[],
  seed: number,
  startedAt: Date,
  display: Display,
): Promise<ChaosArm[]> {
  const arms = armsOf(subjects, strategies, (text) => display.line(text));
  await using generator = new Generator();
  const commandEpochMs = startedAt.getTime();
  const done: ChaosArm[] = [];
  for (const scenario of scenarios) {
    for (const [i, arm] of arms.entries()) {
      display.line(`\n${scenario.name}: ${scenario.title}  (${nameOf(arm)})`);
      const context = { scenario, arm, order: i + 1, seed, generator, commandEpochMs };
      const result = await runChaosArm({ ...context, display, realBackends });
      for (const line of chaosText(result, display.colour)) display.line(line);
      done.push(result);
    }
  }
  return done;
}

function resultsOf(
  { seed, command }: ChaosOptions,
  scenarios: readonly Scenario[],
  done: readonly ChaosArm[],
  startedAt: Date,
): Results {
  return {
    schema: RESULTS_SCHEMA,
    kind: 'chaos',
    startedAt: startedAt.toISOString(),
    environment: environment(),
    git: gitState(),
    seed,
    command,
    scenarios: scenarios.map(scenarioSummary),
    runs: done.map(({ run }) => run),
    comparisons: [],
    verdict: verdictOf(done),
  };
}

function verdictOf(done: readonly ChaosArm[]): Results['verdict'] {
  const status = overall(done.map((one) => one.status));
  const failed = done.flatMap(({ run }) =>
    run.objectives
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ name }) => `${run.subject}/${run.strategy} ${run.scenario}: ${name}`),
  );
  const unknown = done.filter((one) => one.status === 'unknown').length;
  const words: Record<Status, string> = {
    pass: `every objective was met in ${done.length} run${done.length === 1 ? '' : 's'}`,
    fail: `failed: ${failed.join('; ')}`,
    unknown: `${unknown} of ${done.length} runs cannot be judged`,
  };
  return { status, text: words[status] };
}
