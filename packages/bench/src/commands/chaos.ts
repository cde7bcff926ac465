/** `pnpm chaos`: each arm under each scenario's faults, alone, ending in a verdict. */

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AbsentArm,
  format,
  overall,
  RESULTS_SCHEMA,
  type Results,
  type Status,
} from '@evenkeel/report';
import {
  commandLine,
  environment,
  gitState,
  type Scenario,
  scenarioSummary,
  writeReplay,
} from '@evenkeel/sim';
import { type ChaosArm, runChaosArm } from '../chaos/arm.ts';
import { EPISODE_TOTAL_MS, episodeSeed, randomEpisode } from '../chaos/random.ts';
import { Generators } from '../load/generators.ts';
import { chaosText } from '../output/chaos-text.ts';
import type { Display } from '../output/display.ts';
import { armsOf, nameOf } from '../run/arms.ts';
import { unlessInterrupted } from '../run/interrupt.ts';
import { SubjectError } from '../subjects/process.ts';
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
  /** Ends it; runs that were finished until then are kept. */
  readonly signal?: AbortSignal | undefined;
}

/** What was found out so far. */
interface Found {
  readonly done: ChaosArm[];
  readonly absent: AbsentArm[];
}

/** Runs every scenario on every arm and returns what is to be written. */
export async function chaos(options: ChaosOptions, display: Display): Promise<Results> {
  const startedAt = new Date();
  const found: Found = { done: [], absent: [] };
  const { scenarios, seed } = options;
  await using generator = new Generators();
  const frame = { seed, startedAt, display, found, generator };
  await unlessInterrupted(() => runAll(options, scenarios, frame));
  return resultsOf(options, scenarios, found, startedAt);
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
  const found: Found = { done: [], absent: [] };
  await using generator = new Generators();
  await unlessInterrupted(async () => {
    do {
      const seed = episodeSeed(options.seed, scenarios.length);
      const scenario = randomEpisode(seed);
      scenarios.push(scenario);
      await runAll(options, [scenario], { seed, startedAt, display, found, generator });
      if (found.done.some(({ status }) => status === 'fail')) {
        const args = ['--random', '--minutes', '0.1', ...options.replayArgs];
        display.line(`replay: ${commandLine('chaos', args, seed)}`);
        const path = join(tmpdir(), `${scenario.name}.lab.json`);
        const note = `failed: ${scenario.title}`;
        const strategies = options.strategies.slice(0, 4);
        display.line(`watch: ${writeReplay(path, { scenario, seed, strategies, note })}`);
        break;
      }
    } while (performance.now() + EPISODE_TOTAL_MS <= until);
  });
  return resultsOf(options, scenarios, found, startedAt);
}

interface Frame {
  readonly seed: number;
  readonly startedAt: Date;
  readonly display: Display;
  readonly found: Found;
  readonly generator: Generators;
}

async function runAll(
  { subjects, strategies, realBackends, signal }: ChaosOptions,
  scenarios: readonly Scenario[],
  { seed, startedAt, display, found, generator }: Frame,
): Promise<void> {
  const arms = armsOf(subjects, strategies, (text) => display.line(text));
  const commandEpochMs = startedAt.getTime();
  for (const scenario of scenarios) {
    for (const [i, arm] of arms.entries()) {
      display.line(`\n${scenario.name}: ${scenario.title}  (${nameOf(arm)})`);
      const context = { scenario, arm, order: i + 1, seed, generator, commandEpochMs };
      try {
        const result = await runChaosArm({ ...context, display, realBackends, signal });
        for (const line of chaosText(result, display.colour)) display.line(line);
        found.done.push(result);
      } catch (error) {
        // What does not start ends its own arm, with its last words.
        if (!(error instanceof SubjectError)) throw error;
        display.line(error.message);
        const absent = { scenario: scenario.name, arm: nameOf(arm), reason: error.message };
        found.absent.push(absent);
      }
    }
  }
}

function resultsOf(
  { seed, command, signal }: ChaosOptions,
  scenarios: readonly Scenario[],
  { done, absent }: Found,
  startedAt: Date,
): Results {
  const interrupted = signal?.aborted === true;
  const verdict = verdictOf(done, absent);
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
    ...(absent.length === 0 ? {} : { absent }),
    ...(interrupted ? { interrupted } : {}),
    verdict: interrupted
      ? { ...verdict, text: `interrupted; until then: ${verdict.text}` }
      : verdict,
  };
}

function verdictOf(done: readonly ChaosArm[], absent: readonly AbsentArm[]): Results['verdict'] {
  const status = overall([
    ...done.map((one) => one.status),
    ...absent.map(() => 'unknown' as const),
  ]);
  const failed = done.flatMap(({ run }) =>
    run.objectives
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ name }) => `${run.subject}/${run.strategy} ${run.scenario}: ${name}`),
  );
  const reasons = [
    ...done.flatMap(({ run, status, remark }) =>
      status === 'unknown' ? `${run.scenario}: ${remark ?? 'a figure is missing'}` : [],
    ),
    ...absent.map(({ reason }) => reason),
  ];
  const all = format.counted(done.length + absent.length, 'run');
  const words: Record<Status, string> = {
    pass: `every objective was met in ${all}`,
    fail: `failed: ${failed.join('; ')}`,
    unknown: `${reasons.length} of ${all} cannot be judged in full; ${reasons.join('; ')}`,
  };
  return { status, text: words[status] };
}
