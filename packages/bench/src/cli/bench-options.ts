/** From the flags of `pnpm bench` to checked options, and the defaults of each extent. */

import { commandLine, type Scenario, scenarioNames } from '@evenkeel/sim';
import type { BenchOptions } from '../commands/bench.ts';
import type { Display } from '../output/display.ts';
import { armsOf, nameOf, pairOfArms } from '../run/arms.ts';
import { isEpisode } from '../run/episode.ts';
import { inSlowMotion } from '../run/slow-motion.ts';
import type { Arm } from '../run/stage.ts';
import type { CommandContext } from './context.ts';
import { leftOutLines, requireLive } from './live.ts';
import * as parse from './options.ts';

/** As commander gives them. */
export interface BenchFlags {
  scenario?: string[];
  strategies?: string;
  subjects: string;
  backends?: string;
  rounds?: string;
  generators: string;
  seed: string;
  quick?: boolean;
  thorough?: boolean;
  margin: string;
  baseline?: string;
  sweep?: boolean;
  compareSim?: boolean;
  strict?: boolean;
  selfTest?: boolean;
  out?: string;
  json?: string;
  markdown?: string;
}

/** Without `--strategies`, the simulator is held against these: one blind to load, one that looks. */
const SIM_STRATEGIES = 'round-robin,least-connections';

/** More processes than this would only wait for each other. */
const GENERATORS_MAX = 64;

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

/** Checked values from flags; throws a `UsageError` for whatever cannot be done. */
export function benchOptions(
  flags: BenchFlags,
  pair: readonly [string, string] | null,
  { args, signal }: CommandContext,
  display: Display,
): BenchOptions {
  const extent = flags.quick ? EXTENTS.quick : flags.thorough ? EXTENTS.thorough : EXTENTS.standard;
  const seed = parse.parseWhole('--seed', flags.seed, 0, 2 ** 32 - 1);
  const rounds =
    flags.rounds === undefined
      ? extent.rounds
      : parse.parseWhole('--rounds', flags.rounds, 1, 1000);
  const generators = parse.parseWhole('--generators', flags.generators, 1, GENERATORS_MAX);
  const arms = benchArms(flags, pair, extent.strategies, display);
  const scenarios = benchScenarios(flags, extent.simRequests / rounds, arms, display);
  if (generators > 1) parse.requireOpen('--generators', scenarios);
  const baseline =
    flags.baseline === undefined ? undefined : parse.readResults('--baseline', flags.baseline);
  if (baseline !== undefined) {
    const compared = scenarios.filter((scenario) => !isEpisode(scenario));
    parse.requireMatch(
      baseline,
      compared.map(({ name }) => name),
      arms.map(nameOf),
    );
  }
  return {
    scenarios,
    simulated: simulatedOf(flags, scenarios),
    arms,
    sweep: flags.sweep === true,
    compareSim: flags.compareSim === true,
    rounds,
    generators,
    roundMs: extent.roundMs,
    timeLines: extent.timeLines,
    seed,
    margin: parse.parseNumber('--margin', flags.margin, 0, 1),
    baseline,
    realBackends: flags.backends === undefined ? undefined : parse.parseBackends(flags.backends),
    command: commandLine('bench', args, seed),
    signal,
  };
}

/** `requestsPerRound`: in each round that the simulator is held against. */
function benchScenarios(
  flags: BenchFlags,
  requestsPerRound: number,
  arms: readonly Arm[],
  display: Display,
): Scenario[] {
  if (flags.compareSim) {
    const scenarios = parse.parseScenarios(flags.scenario ?? ['uniform', 'one-slow']);
    return scenarios.flatMap((scenario) => inSlowMotion(scenario, requestsPerRound));
  }
  const subjects = arms.map(({ subject }) => subject);
  let scenarios = parse.parseScenarios(flags.scenario ?? ['one-slow', 'one-dies']);
  const isElsewhere = subjects.some((subject) => subject.isElsewhere);
  if (flags.scenario === undefined && (isElsewhere || flags.backends !== undefined)) {
    const whose = isElsewhere ? 'the backends of a url: subject' : 'those of --backends';
    display.line(`one-dies is left out: its faults cannot reach ${whose}`);
    scenarios = scenarios.filter(({ faults }) => faults.length === 0);
  }
  parse.requireFaultless(subjects, scenarios);
  requireLive(subjects, scenarios);
  for (const line of leftOutLines(subjects, scenarios)) display.line(line);
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
  throw new parse.UsageError(`--compare-sim: expected evenkeel alone, got ${other.subject.name}`);
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
