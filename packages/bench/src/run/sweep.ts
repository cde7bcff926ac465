/**
 * `--sweep`: response over load, live. Each arm is run in three short rounds at each share of the
 * fleet's capacity; a point with fewer than two valid rounds is left out, not guessed.
 */

import {
  mergeHistograms,
  percentileOrNull,
  type Run,
  type Sweep,
  type SweepPoint,
} from '@evenkeel/report';
import { expandFleet, type Scenario } from '@evenkeel/sim';
import { estimate } from '../compare/estimate.ts';
import { UsageError } from '../usage.ts';
import { type RoundsOptions, runRounds } from './rounds.ts';

const LOADS = [0.3, 0.5, 0.7, 0.8, 0.9];
const ROUNDS = 3;

/** The scenario's load at a share of the fleet's capacity. */
export function loadAt(scenario: Scenario, fraction: number): Scenario['load'] {
  const { load } = scenario;
  if (load.kind !== 'open') throw new UsageError('--sweep: expected an open load, got closed');
  const { ratePerSecond: _, ...rest } = load;
  return { ...rest, fraction };
}

/** The curves of all arms of a stage. */
export async function sweep(options: Omit<RoundsOptions, 'rounds'>): Promise<Sweep> {
  const { scenario, load } = options;
  const points: SweepPoint[] = [];
  for (const share of LOADS) {
    const { warmupMs, durationMs } = load;
    const at = { ...loadAt(scenario, share), warmupMs, durationMs };
    const runs = await runRounds({ ...options, rounds: ROUNDS, load: at });
    points.push(...pointsOf(runs, share));
  }
  const title = `${scenario.name}, live`;
  return { title, unit: 'ms', servers: expandFleet(scenario).length, points, theory: [] };
}

/** One point per strategy with at least two valid runs. */
export function pointsOf(runs: readonly Run[], load: number): SweepPoint[] {
  const points: SweepPoint[] = [];
  for (const strategy of new Set(runs.map((run) => run.strategy))) {
    const valid = runs.filter((run) => run.valid && run.strategy === strategy);
    const means = valid.map(({ latencyMs }) => latencyMs.mean).filter((mean) => mean !== null);
    const merged = mergeHistograms(valid.map(({ histogram }) => histogram));
    if (means.length < 2) continue;
    const { mean, low, high } = estimate(means);
    const p99 = percentileOrNull(merged, 0.99);
    points.push({ strategy, load, mean, meanInterval: [Math.max(0, low), high], p99 });
  }
  return points;
}
