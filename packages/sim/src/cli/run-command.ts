/** `pnpm sim`: one run, several strategies side by side, or a sweep. */

import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { type QueueAddress, queueAddress } from '../queue/address.ts';
import { writeReplay } from '../run/lab-replay.ts';
import { MODEL_SERVICES, type Model, modelScenario, modelService } from '../run/model.ts';
import type { SimJson } from '../run/sim-json.ts';
import { strategyFileOf } from '../run/strategy-by-name.ts';
import {
  atLoad,
  type Shard,
  SWEEP_SCHEMA,
  type SweepFile,
  type SweepPlan,
  shardTasks,
  sweepTasks,
} from '../run/sweep.ts';
import { runTimed, type SimTask } from '../run/task.ts';
import { runTasks } from '../run/threads.ts';
import { ratePerSecond } from '../scenario/fleet.ts';
import { loadScenario } from '../scenario/load.ts';
import type { Scenario } from '../scenario/types.ts';
import * as flags from './flags.ts';
import {
  type Display,
  displayFor,
  mustBeFolder,
  mustBeWritable,
  openLines,
  writeJson,
} from './output.ts';
import { queuedSweep } from './queued-sweep.ts';
import { resultTable } from './result-table.ts';
import { writeSweepReport } from './sweep-output.ts';

const EXAMPLES = `
Examples:
  pnpm sim --scenario one-slow --strategy power-of-two
  pnpm sim --servers 100 --load 0.9 --requests 1000000 --service exponential
  pnpm sim --servers 10 --sweep load=0.5..0.95:10 --strategies random,round-robin,power-of-two --out reports/sweep
  pnpm sim --servers 10 --sweep load=0.5..0.95:10 --shard 1/4 --json part-1.json
  pnpm sim --servers 10 --sweep load=0.5..0.95:10 --queue redis://queue.internal:6379 --json whole.json
  pnpm sim merge part-*.json --json whole.json
  pnpm sim truth
`;

const STRATEGIES = ['random', 'round-robin', 'power-of-two', 'least-connections'];
const LOAD_MAX = 10;

interface RunFlags {
  readonly scenario?: string;
  readonly servers: number;
  readonly load?: number;
  readonly requests: number;
  readonly service: string;
  readonly strategy?: string[];
  readonly strategies?: string[];
  readonly seed?: number;
  readonly sweep?: number[];
  readonly shard?: Shard;
  readonly queue?: QueueAddress;
  readonly jobs: number;
  readonly trace?: string;
  readonly json?: string;
  readonly out?: string;
}

/** The command itself, with all its flags. */
export function addRunCommand(program: Command): void {
  program
    .description(
      'Simulates a load balancer in virtual time, with the strategies that route live traffic.',
    )
    .addOption(
      new Option('--scenario <name|file>', 'a scenario of the library, or a file').conflicts([
        'servers',
        'requests',
        'service',
      ]),
    )
    .option('--servers <n>', 'equal servers with one slot each', flags.integer(1, 100_000), 10)
    .option(
      '--load <share>',
      "utilisation per slot (default 0.9, or the scenario's)",
      flags.positive(LOAD_MAX),
    )
    .option('--requests <n>', 'requests counted', flags.integer(1, 10_000_000_000), 1_000_000)
    .option('--service <name>', MODEL_SERVICES.join(', '), 'exponential')
    .option(
      '--strategy <names>',
      `one, or several with commas (default ${STRATEGIES.join(',')})`,
      flags.strategyNames,
    )
    .addOption(
      new Option('--strategies <names>', 'the same')
        .argParser(flags.strategyNames)
        .conflicts('strategy'),
    )
    .option(
      '--seed <n>',
      "decides everything random (default 42, or the scenario's)",
      flags.integer(0, 2 ** 32 - 1),
    )
    .option('--sweep <range>', 'every strategy at every load: load=0.5..0.95:10', flags.sweepLoads)
    .option('--shard <i/n>', 'only the i-th of n parts of a sweep, for `merge`', flags.shard)
    .option(
      '--queue <url>',
      'redis://HOST:PORT[/NAME]: `sim worker` on other machines does the runs',
      queueAddress,
    )
    .option('--jobs <n>', 'threads', flags.integer(1, 1024), flags.defaultJobs())
    .option('--trace <file>', 'writes one line per event')
    .option('--json <file>', 'writes the figures; - is standard output')
    .option('--out <dir>', 'writes report.html and results.json of a sweep into this folder')
    .addHelpText('after', EXAMPLES)
    .action(async (given: RunFlags, command: Command) => {
      checkTogether(given, command.args);
      mustBeWritable(given.json);
      mustBeFolder(given.out);
      if (given.sweep) await sweep(given, given.sweep);
      else await runEach(given);
    });
}

function checkTogether(given: RunFlags, args: readonly string[]): void {
  if (args[0] !== undefined) {
    throw new flags.UsageError(
      `unknown command '${args[0]}'; there are demo, truth, merge, worker, reference`,
    );
  }
  if (given.sweep && given.load !== undefined) {
    throw new flags.UsageError('--load cannot be used with --sweep, which sets it');
  }
  if (given.sweep && given.trace !== undefined) {
    throw new flags.UsageError('--trace cannot be used with --sweep: trace one run at a time');
  }
  if (!given.sweep && (given.shard || given.out !== undefined)) {
    throw new flags.UsageError('--shard and --out need --sweep');
  }
  if (given.queue !== undefined) checkQueue(given);
  if (given.trace !== undefined && strategiesOf(given).length > 1) {
    throw new flags.UsageError('--trace needs one --strategy');
  }
}

function checkQueue(given: RunFlags): void {
  if (!given.sweep) throw new flags.UsageError('--queue needs --sweep');
  if (given.shard) throw new flags.UsageError('--queue cannot be used with --shard');
  const own = strategiesOf(given).find((name) => strategyFileOf(name) !== undefined);
  if (own !== undefined) {
    throw new flags.UsageError(
      `--queue: expected strategies by name, got ${own}, which workers do not have`,
    );
  }
}

function strategiesOf(given: RunFlags): readonly string[] {
  return given.strategy ?? given.strategies ?? STRATEGIES;
}

function modelOf({ servers, load = 0.9, requests, service }: RunFlags): Model {
  return { servers, load, requests, service: modelService(service) };
}

function tasksOf(given: RunFlags): SimTask[] {
  const named = given.scenario === undefined ? undefined : loadScenario(given.scenario);
  if (named?.load.kind === 'closed' && given.load !== undefined) {
    throw new flags.UsageError(`--load: ${named.name} has a closed load, which has no rate to set`);
  }
  const scenario = named && given.load !== undefined ? atLoad(named, given.load) : named;
  const seed = given.seed ?? scenario?.seed ?? 42;
  return strategiesOf(given).map((strategy) =>
    scenario ? { strategy, seed, scenario } : { strategy, seed, model: modelOf(given) },
  );
}

async function runEach(given: RunFlags): Promise<void> {
  const display = displayFor(given.json);
  const results: SimJson[] = [];
  const tasks = tasksOf(given);
  for (const task of tasks) results.push(await runOne(task, given.trace, display));
  display.line(resultTable(results));
  const [traced] = tasks;
  if (given.trace !== undefined && traced) display.line(watchLine(traced, given.trace));
  const [only] = results;
  if (given.json !== undefined) writeJson(given.json, results.length === 1 ? only : results);
}

/** The line that shows a traced run as a film. */
function watchLine({ scenario, model, strategy, seed }: SimTask, traceFile: string): string {
  const shown = scenario ?? (model && countedByTime(model));
  if (shown === undefined) return '';
  const path = `${traceFile}.lab.json`;
  return `watch: ${writeReplay(path, { scenario: shown, seed, strategies: [strategy] })}`;
}

/** A model as a scenario with an end: a film is as long as its requests take to come. */
function countedByTime(model: Model): Scenario {
  const scenario = modelScenario(model);
  const { load } = scenario;
  if (load.kind === 'closed') return scenario;
  const durationMs = (model.requests * 1000) / ratePerSecond({ ...scenario, load });
  return { ...scenario, load: { ...load, durationMs } };
}

async function runOne(
  task: SimTask,
  traceFile: string | undefined,
  display: Display,
): Promise<SimJson> {
  const trace = traceFile === undefined ? undefined : await openLines(traceFile);
  const progress = (sent: number): void => {
    display.progress(`${task.strategy}: ${(sent / 1e6).toFixed(1)} million requests`);
  };
  const listening = trace ? { progress, trace: trace.line } : { progress };
  const result = runTimed(task, listening, () => performance.now());
  await trace?.close();
  return result;
}

async function sweep(given: RunFlags, loads: readonly number[]): Promise<void> {
  const display = displayFor(given.json);
  const scenario = given.scenario === undefined ? undefined : loadScenario(given.scenario);
  if (scenario?.load.kind === 'closed') {
    throw new flags.UsageError(`${scenario.name} has a closed load, which has no rate to sweep`);
  }
  const { load: _, ...model } = modelOf(given);
  const seed = given.seed ?? scenario?.seed ?? 42;
  const plan: SweepPlan = {
    strategies: strategiesOf(given),
    loads,
    seed,
    ...(scenario ? { scenario } : { model }),
  };
  const { queue, json, out } = given;
  const keepIn = json === undefined || json === '-' ? out && join(out, 'sweep.json') : json;
  const file = queue
    ? await queuedSweep(plan, queue, keepIn, display)
    : await runSweep(plan, given.shard ?? null, given.jobs, display);
  display.line(resultTable(file.points.map(({ result }) => result)));
  if (given.json !== undefined) writeJson(given.json, file);
  if (given.out !== undefined) display.line(`report: ${await writeSweepReport(file, given.out)}`);
}

async function runSweep(
  plan: SweepPlan,
  shard: Shard | null,
  jobs: number,
  display: Display,
): Promise<SweepFile> {
  const tasks = sweepTasks(plan);
  const mine = shardTasks(tasks.length, shard);
  const chosen = tasks.filter((_, task) => mine.includes(task));
  let count = 0;
  const results = await runTasks(chosen, jobs, () => {
    display.progress(`${++count} of ${chosen.length} runs`);
  });
  const points = results.map((result, i) => ({ task: mine[i] ?? 0, result }));
  return { schema: SWEEP_SCHEMA, plan, shard, points };
}
