/**
 * The simulator held against the live run: the same arrivals and the same work, round by round. What
 * a real proxy and real timers cost is measured beforehand in a run of its own at a twentieth of the
 * load, and added to every simulated response as one distribution; no figure of the compared runs
 * feeds the simulator.
 */

import { type Distribution, empirical, strategyNamed } from '@evenkeel/core';
import { type Comparison, type Metric, type Run, SIMULATED } from '@evenkeel/report';
import {
  distributionOf,
  expandFleet,
  ratePerSecond,
  type Scenario,
  simulate,
  simulatedRun,
} from '@evenkeel/sim';
import { compareArms } from '../compare/compare.ts';
import { endingCode, intendedMs } from '../load/job.ts';
import { UsageError } from '../usage.ts';
import { nameOf } from './arms.ts';
import type { Arm, RawRun, Stage } from './stage.ts';

const OVERHEAD_LOAD = 0.05;
const OVERHEAD_MS = 6_000;
/** How near the simulator has to come, by metric. */
const MARGINS: readonly (readonly [Metric, number])[] = [
  ['mean', 0.1],
  ['p50', 0.1],
  ['p99', 0.15],
];

/** What the live world adds to the time in service, at a load where nobody waits for another. */
export async function measureOverhead(
  stage: Stage,
  scenario: Scenario,
  arm: Arm,
  seed: number,
): Promise<Distribution> {
  const { load } = scenario;
  if (load.kind !== 'open')
    throw new UsageError('--compare-sim: expected an open load, got closed');
  const rate = ratePerSecond({ ...scenario, load }) * OVERHEAD_LOAD;
  const { fraction: _, ...rest } = load;
  const light = { ...rest, ratePerSecond: rate, durationMs: OVERHEAD_MS };
  return empirical(overheadsOf(scenario, await stage.run(arm, { load: light, seed })));
}

/** Response minus service of every ok answer; `X-Work` says what the service took. */
export function overheadsOf(
  scenario: Pick<Scenario, 'fleet'>,
  { job, samples }: Pick<RawRun, 'job' | 'samples'>,
): number[] {
  const services = new Map(
    expandFleet(scenario).map(({ id, service }) => [id, distributionOf(service)]),
  );
  const overheads: number[] = [];
  const ok = endingCode('ok');
  intendedMs(job, samples).forEach((atMs, i) => {
    const service = services.get(samples.backends[samples.backend[i] ?? -1] ?? '');
    if (samples.ending[i] !== ok || service === undefined) return;
    const responseMs = (samples.endedMs[i] ?? 0) - atMs;
    overheads.push(Math.max(0, responseMs - service.sampleAt(job.work[i] ?? 0)));
  });
  if (overheads.length === 0) throw new Error('the overhead run was answered by no known backend');
  return overheads;
}

/** One simulated run beside each live one, under the same seed and load. */
export function simulateBeside(
  scenario: Scenario,
  runs: readonly Run[],
  overheads: ReadonlyMap<string, Distribution>,
): Run[] {
  const simulated: Run[] = [];
  for (const { strategy, round, order, startedMs, seed } of runs) {
    const overhead = overheads.get(strategy);
    if (overhead === undefined) continue;
    const factory = strategyNamed(strategy).create();
    const result = simulate({ scenario, strategy: factory, seed, overhead, timeline: true });
    simulated.push(simulatedRun(scenario, result, { strategy, round, order, startedMs }));
  }
  return simulated;
}

/** Simulated against live, per strategy: a tie is what one hopes for. */
export function compareWithSimulated(
  scenario: Scenario,
  arms: readonly Arm[],
  runs: readonly Run[],
  seed: number,
): Comparison[] {
  return arms.flatMap((arm) =>
    MARGINS.flatMap(([metric, margin]) => {
      const pair = [nameOf(arm), `${SIMULATED}/${arm.strategy}`];
      return compareArms(runs, { scenario: scenario.name, metric, arms: pair, margin, seed });
    }),
  );
}
