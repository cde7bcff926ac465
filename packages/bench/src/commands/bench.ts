/**
 * `pnpm bench`: scenarios without faults and actions are compared in rounds and end in verdicts; all
 * others are shown as one time line per arm and end in counts.
 */

import { strategies as registry } from '@evenkeel/core';
import type { AbsentArm, Comparison, Metric, Results, Run } from '@evenkeel/report';
import { RESULTS_SCHEMA } from '@evenkeel/report';
import { environment, gitState, type Scenario, scenarioSummary } from '@evenkeel/sim';
import { compareArms } from '../compare/compare.ts';
import { differencesOf, regressionsOf } from '../compare/differences.ts';
import { benchVerdict } from '../compare/verdict.ts';
import { Generators } from '../load/generators.ts';
import { comparisonTable, timelineTable } from '../output/bench-tables.ts';
import type { Display } from '../output/display.ts';
import { generatorTable } from '../output/generator-table.ts';
import { simulatedTable, sweepTable } from '../output/simulator-tables.ts';
import { nameOf, withRepeatedReference } from '../run/arms.ts';
import { calibrate } from '../run/calibrate.ts';
import { isEpisode } from '../run/episode.ts';
import { unlessInterrupted } from '../run/interrupt.ts';
import { roundLengthMs } from '../run/round-length.ts';
import { runRounds } from '../run/rounds.ts';
import { simulateAll } from '../run/simulate.ts';
import { type Arm, Stage } from '../run/stage.ts';
import { sweep } from '../run/sweep.ts';
import { compareSimulator, type Part } from './compare-sim.ts';

/** Checked values; the command line's defaults are in cli.ts. */
export interface BenchOptions {
  readonly scenarios: readonly Scenario[];
  /** The first is the reference. */
  readonly arms: readonly Arm[];
  readonly rounds: number;
  /** Least measured time of a round; the half second before it is discarded. */
  readonly roundMs: number;
  /** So many arms of each subject, from its first on, are shown under a scenario with faults. */
  readonly timeLines: number;
  readonly seed: number;
  readonly margin: number;
  readonly realBackends?: readonly string[] | undefined;
  /** Processes that send the load together; several only for open loads. */
  readonly generators: number;
  /** An earlier run, to be held against. */
  readonly baseline?: Results | undefined;
  /** Follow in the simulator, with every strategy of the registry. */
  readonly simulated: readonly Scenario[];
  /** Follow each comparison with response over load. */
  readonly sweep: boolean;
  /** Hold the simulator against the live rounds, in place of the arms against each other. */
  readonly compareSim: boolean;
  /** Repeats this run. */
  readonly command: string;
  /** Ends the bench; what was measured until then is kept. */
  readonly signal?: AbortSignal | undefined;
}

const DISCARDED_MS = 500;
const NOTHING_FOUND = { runs: [], comparisons: [] };

/** By the tail, where strategies differ; a closed loop by what it achieves: its latencies follow from that. */
function metricFor({ load }: Scenario): Metric {
  return load.kind === 'closed' ? 'throughput' : 'p99';
}

/** Runs everything and returns what is to be written; tables go to the display as they are ready. */
export async function bench(options: BenchOptions, display: Display): Promise<Results> {
  const startedAt = new Date();
  const { scenarios, seed, signal } = options;
  await using generator = new Generators(options.generators);
  const parts: Part[] = [];
  let calibration: Awaited<ReturnType<typeof calibrate>> | undefined;
  await unlessInterrupted(async () => {
    for (const scenario of scenarios) {
      if (signal?.aborted) return;
      const compared = !isEpisode(scenario);
      const present = presentArms(options, compared);
      display.status(`${scenario.name}: starting ${present.length} arms`, 0);
      const { realBackends } = options;
      const isFleetNull = realBackends === undefined && scenario.load.kind === 'closed';
      const backing = { realBackends, isFleetNull, signal };
      await using stage = await Stage.open({
        scenario,
        arms: present,
        seed,
        generator,
        ...backing,
      });
      for (const { arm, reason } of stage.absences) display.line(`${nameOf(arm)}: ${reason}`);
      calibration ??= await calibrate(stage, scenario, display);
      const at = { stage, scenario, arms: present, seed, display, startedAt, options };
      const part = await partOf(at, compared);
      const swept = compared && options.sweep ? await sweepLoads(at) : undefined;
      parts.push(part, ...(swept === undefined ? [] : [swept]));
      for (const line of generatorTable(part.runs, display.colour)) display.line(line);
      const absent = stage.absences.map(({ arm, reason }) => {
        return { scenario: scenario.name, arm: nameOf(arm), reason };
      });
      parts.push({ ...NOTHING_FOUND, absent });
    }
  });
  return await resultsOf(options, parts, { startedAt, calibration, display });
}

interface Frame {
  readonly startedAt: Date;
  readonly calibration: Awaited<ReturnType<typeof calibrate>> | undefined;
  readonly display: Display;
}

async function resultsOf(
  options: BenchOptions,
  parts: readonly Part[],
  { startedAt, calibration, display }: Frame,
): Promise<Results> {
  const { scenarios, seed, signal } = options;
  const live = parts.flatMap(({ runs }) => runs);
  const absent = parts.flatMap((part) => part.absent ?? []);
  const sweeps = parts.flatMap((part) => part.sweeps ?? []);
  const comparisons = withAbsent(
    parts.flatMap((part) => part.comparisons),
    absent,
  );
  const simulated = signal?.aborted ? [] : await inVirtualTime(options, startedAt, display);
  const interrupted = signal?.aborted === true;
  const isSimulated = ({ name }: Scenario): boolean =>
    simulated.some(({ scenario }) => scenario === name);
  const shown = new Set([...scenarios, ...options.simulated.filter(isSimulated)]);
  const measured: Omit<Results, 'verdict'> = {
    schema: RESULTS_SCHEMA,
    kind: 'bench',
    startedAt: startedAt.toISOString(),
    environment: environment(calibration),
    git: gitState(),
    seed,
    command: options.command,
    scenarios: [...shown].map(scenarioSummary),
    runs: [...live, ...simulated],
    comparisons,
    ...(sweeps.length === 0 ? {} : { sweeps }),
    ...(absent.length === 0 ? {} : { absent }),
    ...(interrupted ? { interrupted } : {}),
  };
  const { baseline, margin } = options;
  const differences = baseline && differencesOf(baseline, measured, margin);
  const found = benchVerdict(comparisons, live, differences ? regressionsOf(differences) : []);
  return {
    ...measured,
    ...(differences === undefined ? {} : { differences }),
    verdict: interrupted ? { ...found, text: `interrupted; until then: ${found.text}` } : found,
  };
}

/** A comparison without a round says which arm was missing, and why. */
function withAbsent(
  comparisons: readonly Comparison[],
  absent: readonly AbsentArm[],
): Comparison[] {
  return comparisons.map((one) => {
    const missing = absent.find(
      ({ scenario, arm }) => scenario === one.scenario && (arm === one.a || arm === one.b),
    );
    return one.n > 0 || missing === undefined ? one : { ...one, reason: missing.reason };
  });
}

interface PartRequest {
  readonly stage: Stage;
  readonly scenario: Scenario;
  readonly arms: readonly Arm[];
  readonly seed: number;
  readonly display: Display;
  readonly startedAt: Date;
  readonly options: BenchOptions;
}

/** A comparison of arms has its reference twice; of time lines there are not too many. */
function presentArms({ arms, compareSim, timeLines }: BenchOptions, compared: boolean): Arm[] {
  if (compareSim) return [...arms];
  if (compared) return withRepeatedReference(arms);
  return arms.filter((arm, i) => {
    const before = arms.slice(0, i).filter(({ subject }) => subject === arm.subject);
    return before.length < timeLines;
  });
}

async function partOf(at: PartRequest, compared: boolean): Promise<Part> {
  if (!at.options.compareSim) return await (compared ? compareInRounds(at) : showTimeLines(at));
  const { options, startedAt } = at;
  const commandEpochMs = startedAt.getTime();
  return await compareSimulator({ ...at, rounds: options.rounds, commandEpochMs });
}

async function compareInRounds({ options, startedAt, ...at }: PartRequest): Promise<Part> {
  const { scenario, arms, display } = at;
  const { rounds, margin } = options;
  const metric = metricFor(scenario);
  const roundMs = roundLengthMs(scenario, options.roundMs, metric);
  const load = { ...scenario.load, warmupMs: DISCARDED_MS, durationMs: roundMs };
  const commandEpochMs = startedAt.getTime();
  const runs = await runRounds({ ...at, rounds, load, commandEpochMs });
  const names = arms.map(nameOf);
  const comparisons = compareArms(runs, { scenario: scenario.name, metric, arms: names, margin });
  const per = `${rounds} rounds of ${roundMs / 1000} s`;
  display.line(`\n${scenario.name}: ${scenario.title}  (${per}, live)`);
  for (const line of comparisonTable(names, runs, comparisons, display.colour)) display.line(line);
  return { runs, comparisons };
}

async function sweepLoads({ options, startedAt, ...at }: PartRequest): Promise<Part> {
  const { scenario, display } = at;
  const arms = at.arms.filter(({ label, strategy }) => label === strategy);
  const load = { ...scenario.load, warmupMs: DISCARDED_MS, durationMs: options.roundMs };
  const done = await sweep({ ...at, arms, load, commandEpochMs: startedAt.getTime() });
  display.line(`\n${scenario.name}: mean response over load, live`);
  for (const line of sweepTable(done.sweep, display.colour)) display.line(line);
  return { runs: done.runs, comparisons: [], sweeps: [done.sweep] };
}

async function showTimeLines({ startedAt, options: _, ...at }: PartRequest): Promise<Part> {
  const { scenario, display } = at;
  const commandEpochMs = startedAt.getTime();
  const runs = await runRounds({ ...at, rounds: 1, load: scenario.load, commandEpochMs });
  const length = `one time line of ${scenario.load.durationMs / 1000} s each`;
  display.line(`\n${scenario.name}: ${scenario.title}  (${length}, live, counts only)`);
  for (const line of timelineTable(runs, display.colour)) display.line(line);
  return { runs, comparisons: [] };
}

async function inVirtualTime(
  { simulated, arms, seed, signal }: BenchOptions,
  startedAt: Date,
  display: Display,
): Promise<Run[]> {
  if (simulated.length === 0) return [];
  const every = registry.map(({ name }) => name);
  const commandEpochMs = startedAt.getTime();
  const options = {
    scenarios: simulated,
    strategies: every,
    seed,
    commandEpochMs,
    display,
    signal,
  };
  const runs = await simulateAll(options);
  display.line(`\nin the simulator: ${every.length} strategies, of which`);
  const shown = every.filter((name) => arms.some(({ strategy }) => strategy === name));
  for (const line of simulatedTable(runs, shown, display.colour)) display.line(line);
  return runs;
}
