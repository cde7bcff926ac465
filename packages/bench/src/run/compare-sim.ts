/**
 * The simulator held against the live run: the same arrivals and the same work, round by round. What
 * a real proxy and real timers cost is measured beforehand in a run of its own at a twentieth of the
 * load, and added to every simulated response as one distribution; no figure of the compared runs
 * feeds the simulator. A simulator that is wrong on purpose has to fail the same check.
 */

import { type Distribution, empirical, seededRandom } from '@evenkeel/core';
import { Histogram } from '@evenkeel/core/stats';
import { armOf, type Comparison, type Run, TIMES_OF, timesFrom } from '@evenkeel/report';
import {
  distributionOf,
  expandFleet,
  ratePerSecond,
  type Scenario,
  type SimulationResult,
  simulate,
  simulatedRun,
  strategyByName,
} from '@evenkeel/sim';
import { type Closeness, compareMerged } from '../compare/jackknife.ts';
import { clientOutcomeCode, intendedMs } from '../load/job.ts';
import { UsageError } from '../usage.ts';
import { recordOf } from './record.ts';
import type { Arm, RawRun, Stage } from './stage.ts';

const OVERHEAD_LOAD = 0.05;
const OVERHEAD_MS = 6_000;
/** Simulated in place of each other strategy, to see whether the check would notice. */
export const CONTROL = 'random';
/** How near the simulator has to come. */
const CLOSENESS: readonly Closeness[] = [
  { metric: 'mean', margin: 0.1 },
  { metric: 'p50', margin: 0.1 },
  { metric: 'p99', margin: 0.15 },
];

/**
 * What the live world adds to the time in service where no request waits for another: they come
 * at equal distances.
 */
export async function measureOverhead(
  stage: Stage,
  scenario: Scenario,
  arm: Arm,
  seed: number,
): Promise<Distribution> {
  const { load } = scenario;
  if (load.kind !== 'open') throw new UsageError('--compare-sim: expected an open load');
  const rate = ratePerSecond({ ...scenario, load }) * OVERHEAD_LOAD;
  const { fraction: _, ...rest } = load;
  const arrivals = { kind: 'constant' as const };
  const light = { ...rest, arrivals, ratePerSecond: rate, durationMs: OVERHEAD_MS };
  const place = { arm, round: 1, order: 1, seed, commandEpochMs: 0 };
  let raw = await stage.run(arm, { load: light, seed });
  // As any run, it is repeated once where the generator was not on time.
  const { valid } = recordOf({ ...scenario, load: light }, place, raw).run;
  if (!valid) raw = await stage.run(arm, { load: light, seed });
  const beyond = beyondService(scenario, raw, 0);
  if (beyond.length === 0) throw new Error('the overhead run was answered by no known backend');
  return empirical(beyond);
}

/** Response minus service of every ok answer from `fromMs` on; `X-Work` says what the service took. */
export function beyondService(
  scenario: Pick<Scenario, 'fleet'>,
  { job, samples }: Pick<RawRun, 'job' | 'samples'>,
  fromMs: number,
): number[] {
  const services = new Map(
    expandFleet(scenario).map(({ id, service }) => [id, distributionOf(service)]),
  );
  const beyond: number[] = [];
  const ok = clientOutcomeCode('ok');
  intendedMs(job, samples).forEach((atMs, i) => {
    const service = services.get(samples.backends[samples.backend[i] ?? -1] ?? '');
    if (samples.outcome[i] !== ok || service === undefined || atMs < fromMs) return;
    const responseMs = (samples.endedMs[i] ?? 0) - atMs;
    beyond.push(Math.max(0, responseMs - service.sampleAt(job.work[i] ?? 0)));
  });
  return beyond;
}

/** One simulated run beside each live one, under the same seed and load. */
export function simulateBeside(
  scenario: Scenario,
  live: readonly Run[],
  strategy: string,
  overhead: Distribution,
): Run[] {
  return live.map(({ round, order, startedMs, seed }) => {
    const factory = strategyByName(strategy).create();
    const options = { scenario, strategy: factory, seed, overhead, timeline: true };
    const result = simulate({ ...options, queueing: true });
    const run = simulatedRun(scenario, result, { strategy, round, order, startedMs });
    return { ...run, queueing: timesFrom(simulatedBeyond(result, overhead, seed)) };
  });
}

/** Queueing and overhead are drawn apart in the simulator, so their sum is drawn from both. */
function simulatedBeyond(
  { queueing }: SimulationResult,
  overhead: Distribution,
  seed: number,
): Histogram {
  const random = seededRandom(seed).fork('queueing and overhead');
  const sums = new Histogram();
  for (const [microseconds, count] of queueing?.cells() ?? []) {
    for (let i = 0; i < count; i++) {
      sums.record(microseconds / 1000 + overhead.sampleAt(random.next()));
    }
  }
  return sums;
}

/** Simulated against live runs, of response and of queueing: a tie is what one hopes for. */
export function compareWithSimulated(
  { name: scenario }: Pick<Scenario, 'name'>,
  live: readonly Run[],
  simulated: readonly Run[],
): Comparison[] {
  const pairs = live.flatMap((b) => {
    const a = simulated.find(({ round }) => round === b.round);
    return a === undefined ? [] : [[a, b] as const];
  });
  const [first] = pairs;
  if (first === undefined) return [];
  const match = { scenario, a: armOf(first[0]), b: armOf(first[1]), pairs };
  return TIMES_OF.flatMap((of) =>
    CLOSENESS.map((closeness) => compareMerged({ ...match, of }, closeness)),
  );
}
