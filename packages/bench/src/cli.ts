/** The command line of `pnpm bench` and `pnpm chaos`. */

import { commandLine, type Scenario, scenarioNames } from '@evenkeel/sim';
import { Command, CommanderError, Option } from 'commander';
import { type BenchOptions, bench } from './commands/bench.ts';
import { type ChaosOptions, chaos, randomChaos } from './commands/chaos.ts';
import { benchExitCode, chaosExitCode, EXIT } from './commands/exit-code.ts';
import * as parse from './options.ts';
import { type Display, displayOn, silent } from './output/display.ts';
import { writeResults } from './output/write.ts';
import { armsOf, pairOfArms } from './run/arms.ts';
import { inSlowMotion } from './run/slow-motion.ts';
import type { Arm } from './run/stage.ts';
import { UsageError } from './usage.ts';

const EXAMPLES = {
  bench: `
Examples:
  pnpm bench                                            about two minutes, all defaults
  pnpm bench --quick                                    a first look
  pnpm bench compare round-robin nginx/least-connections
  pnpm bench --subjects evenkeel,nginx,haproxy --strategies round-robin,least-connections
  pnpm bench --scenario one-slow --subjects 'cmd:mine:node lb.js --port {port} --backends {backends}'`,
  chaos: `
Examples:
  pnpm chaos                                            kills backends mid-run, under a minute
  pnpm chaos --scenario one-dies --subjects evenkeel,nginx,haproxy
  pnpm chaos --random --seed 7 --minutes 5              faults drawn from a seed
Exit code: 0 pass, 1 fail, 3 unknown (void run).`,
};

const SUBJECT_FORMS = 'evenkeel, nginx, haproxy, direct, cmd:NAME:COMMAND, url:NAME:URL';

interface BenchFlags {
  scenario?: string[];
  strategies?: string;
  subjects: string;
  backends?: string;
  rounds?: string;
  seed: string;
  quick?: boolean;
  thorough?: boolean;
  margin: string;
  baseline?: string;
  sweep?: boolean;
  compareSim?: boolean;
  strict?: boolean;
  out?: string;
  json?: string;
}

/** Without `--strategies`, the simulator is held against these: one blind to load, one that looks. */
const SIM_STRATEGIES = 'round-robin,least-connections';

/** What `--quick` and `--thorough` change; `simRequests` of each arm in all with `--compare-sim`. */
const EXTENTS = {
  quick: {
    rounds: 3,
    roundMs: 1_500,
    timeLines: 1,
    strategies: 'round-robin,least-connections,power-of-two',
    simRequests: 1_800,
  },
  standard: {
    rounds: 6,
    roundMs: 2_000,
    timeLines: Number.POSITIVE_INFINITY,
    strategies: 'round-robin,least-connections,power-of-two,peak-ewma',
    simRequests: 3_000,
  },
  thorough: {
    rounds: 12,
    roundMs: 10_000,
    timeLines: Number.POSITIVE_INFINITY,
    strategies: 'round-robin,least-connections,power-of-two,peak-ewma',
    simRequests: 12_000,
  },
};

function benchCommand(args: readonly string[], setExit: (code: number) => void): Command {
  return new Command('bench')
    .description('Compares strategies, or load balancers, on a live fleet.')
    .argument('[compare]', '`compare A B`: two strategies, subjects, or subject/strategy alone')
    .argument('[A]')
    .argument('[B]')
    .option('--scenario <name|file...>', 'scenarios of the library, or files')
    .option('--strategies <list>', 'the first one is the reference')
    .option('--subjects <list>', SUBJECT_FORMS, 'evenkeel')
    .option('--backends <list>', 'real backends in place of the fleet')
    .option('--rounds <n>', 'rounds per compared scenario')
    .option('--seed <n>', 'decides everything random', '42')
    .option('--quick', 'well under a minute')
    .addOption(new Option('--thorough', '12 rounds of 10 s').conflicts('quick'))
    .option('--margin <ratio>', 'a difference within it is a tie', '0.05')
    .option('--sweep', 'response over load, from 0.3 to 0.9 of the capacity')
    .addOption(
      new Option('--compare-sim', 'hold the simulator against live runs').conflicts('sweep'),
    )
    .option('--baseline <results.json>', 'exit 1 where this run is worse than that one')
    .option('--strict', 'exit 1 on any void run')
    .option('--out <dir>', 'writes report.html and results.json into this folder')
    .option('--json <file>', 'writes results.json there too; - is standard output')
    .addHelpText('after', EXAMPLES.bench)
    .action(
      async (
        word: string | undefined,
        a: string | undefined,
        b: string | undefined,
        flags: BenchFlags,
      ) => {
        const display = displayFor(flags.json);
        const pair = parse.parsePair(word, a, b);
        const results = await bench(benchOptions(flags, pair, args, display), display);
        const page = await writeResults(results, flags);
        display.line(`\n${results.verdict.text}\nreport: ${page}`);
        setExit(
          benchExitCode(results, { strict: flags.strict === true, quick: flags.quick === true }),
        );
      },
    );
}

interface ChaosFlags {
  scenario?: string[];
  strategies: string;
  subjects: string;
  backends?: string;
  seed: string;
  random?: boolean;
  minutes: string;
  out?: string;
  json?: string;
}

function chaosCommand(args: readonly string[], setExit: (code: number) => void): Command {
  return new Command('chaos')
    .description('Breaks the fleet under load and ends in a verdict.')
    .option('--scenario <name|file...>', 'scenarios of the library, or files')
    .option('--strategies <list>', 'each is put under chaos alone', 'round-robin')
    .option('--subjects <list>', SUBJECT_FORMS, 'evenkeel')
    .option('--backends <list>', 'real backends in place of the fleet: no faults, no accounting')
    .option('--seed <n>', 'decides everything random', '42')
    .addOption(new Option('--random', 'faults drawn from the seed').conflicts('scenario'))
    .option('--minutes <n>', 'how long random chaos goes on', '1')
    .option('--out <dir>', 'writes report.html and results.json into this folder')
    .option('--json <file>', 'writes results.json there too; - is standard output')
    .addHelpText('after', EXAMPLES.chaos)
    .action(async (flags: ChaosFlags) => {
      const display = displayFor(flags.json);
      const options = chaosOptions(flags, args);
      const minutes = parse.parseNumber('--minutes', flags.minutes, 0, 10_000);
      const results = await (flags.random
        ? randomChaos(options, minutes, display)
        : chaos(options, display));
      const page = await writeResults(results, flags);
      const { status, text } = results.verdict;
      display.line(`\n${status}: ${text}\nreport: ${page}`);
      setExit(chaosExitCode(results));
    });
}

/** Kills one, restarts all in turn, kills all. */
const CHAOS_DEFAULT = ['one-dies', 'rolling-restart', 'all-die'];

function chaosOptions(flags: ChaosFlags, args: readonly string[]): ChaosOptions {
  const seed = parse.parseWhole('--seed', flags.seed, 0, 2 ** 32 - 1);
  return {
    scenarios: parse.parseScenarios(flags.scenario ?? CHAOS_DEFAULT),
    subjects: parse.parseSubjectList(flags.subjects),
    strategies: parse.parseStrategies(flags.strategies),
    seed,
    realBackends: flags.backends === undefined ? undefined : parse.parseBackends(flags.backends),
    command: commandLine('chaos', args, seed),
    replayArgs: ['--subjects', flags.subjects, '--strategies', flags.strategies],
  };
}

function displayFor(json: string | undefined): Display {
  return json === '-' ? silent : displayOn(process.stdout);
}

function benchOptions(
  flags: BenchFlags,
  pair: readonly [string, string] | null,
  args: readonly string[],
  display: Display,
): BenchOptions {
  const extent = flags.quick ? EXTENTS.quick : flags.thorough ? EXTENTS.thorough : EXTENTS.standard;
  const seed = parse.parseWhole('--seed', flags.seed, 0, 2 ** 32 - 1);
  const rounds =
    flags.rounds === undefined
      ? extent.rounds
      : parse.parseWhole('--rounds', flags.rounds, 1, 1000);
  const scenarios = benchScenarios(flags, extent.simRequests / rounds);
  return {
    scenarios,
    simulated: simulatedOf(flags, scenarios),
    arms: benchArms(flags, pair, extent.strategies, display),
    sweep: flags.sweep === true,
    compareSim: flags.compareSim === true,
    rounds,
    roundMs: extent.roundMs,
    timeLines: extent.timeLines,
    seed,
    margin: parse.parseNumber('--margin', flags.margin, 0, 1),
    baseline: flags.baseline === undefined ? undefined : parse.readBaseline(flags.baseline),
    realBackends: flags.backends === undefined ? undefined : parse.parseBackends(flags.backends),
    command: commandLine('bench', args, seed),
  };
}

/** `requestsPerRound`: in each round that the simulator is held against. */
function benchScenarios(flags: BenchFlags, requestsPerRound: number): Scenario[] {
  if (flags.compareSim) {
    const scenarios = parse.parseScenarios(flags.scenario ?? ['uniform', 'one-slow']);
    return scenarios.flatMap((scenario) => inSlowMotion(scenario, requestsPerRound));
  }
  const scenarios = parse.parseScenarios(flags.scenario ?? ['one-slow', 'one-dies']);
  if (flags.sweep) parse.requireOpen('--sweep', scenarios);
  return scenarios;
}

function benchArms(
  { subjects, strategies, compareSim }: BenchFlags,
  pair: readonly [string, string] | null,
  defaults: string,
  display: Display,
): Arm[] {
  const notice = (text: string): void => display.line(text);
  const asked = parse.parseStrategies(strategies ?? (compareSim ? SIM_STRATEGIES : defaults));
  const arms =
    pair === null
      ? armsOf(parse.parseSubjectList(subjects), asked, notice)
      : pairOfArms(...pair, notice);
  const other = compareSim ? arms.find(({ subject }) => subject.name !== 'evenkeel') : undefined;
  if (other === undefined) return arms;
  throw new UsageError(`--compare-sim: expected evenkeel alone, got ${other.subject.name}`);
}

/** Where the simulator is laid beside the rounds, it does not follow them as well. */
function simulatedOf(
  { scenario, quick, compareSim }: BenchFlags,
  scenarios: readonly Scenario[],
): readonly Scenario[] {
  if (compareSim) return [];
  return scenario === undefined && !quick ? library(scenarios) : scenarios;
}

/** Every scenario that comes with the project, the given ones as they are. */
function library(given: readonly Scenario[]): Scenario[] {
  const known = given.map(({ name }) => name);
  const others = scenarioNames().filter((name) => !known.includes(name));
  return [...given, ...parse.parseScenarios(others)];
}

/** Runs the command that `argv` (without node and script) asks for; returns the exit code. */
export async function runCli(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const setExit = (code: number): void => {
    exitCode = code;
  };
  const program = new Command('evenkeel-bench')
    .addCommand(benchCommand(argv.slice(1), setExit))
    .addCommand(chaosCommand(argv.slice(1), setExit))
    .exitOverride();
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportError(error);
  }
}

/** Errors of the user's making, by name: they end in 2, all others in 1. */
const USAGE_ERRORS: ReadonlySet<string> = new Set([
  'UsageError',
  'ScenarioError',
  'OptionError',
  'ResultsError',
]);

function reportError(error: unknown): number {
  // Commander has already said what was wrong, or printed the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (!(error instanceof Error)) throw error;
  process.stderr.write(`${error.message}\n`);
  return USAGE_ERRORS.has(error.name) ? EXIT.usage : EXIT.failed;
}
