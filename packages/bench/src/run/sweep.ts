/**
 * `--sweep`: response over load, live. Each arm is run in three short rounds at each share of the
 * fleet's capacity; a point with fewer than two valid rounds is left out, not guessed. The runs are
 * kept in results.json beside the points, marked with their load.
 */

import {
  answeredShare,
  armOf,
  pooledLatency,
  type Run,
  type Sweep,
  type SweepPoint,
  sumRequests,
} from '@evenkeel/report';
import { expandFleet, fleetTheory, type Scenario } from '@evenkeel/sim';
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

/** The curves of all arms of a stage, and the runs that they were made from. */
export async function sweep(
  options: Omit<RoundsOptions, 'rounds'>,
): Promise<{ readonly sweep: Sweep; readonly runs: readonly Run[] }> {
  const { scenario, load } = options;
  const points: SweepPoint[] = [];
  const runs: Run[] = [];
  for (const share of LOADS) {
    const { warmupMs, durationMs } = load;
    const at = { ...loadAt(scenario, share), warmupMs, durationMs };
    const mine = await runRounds({ ...options, rounds: ROUNDS, load: at });
    runs.push(...mine.map((run) => ({ ...run, sweepLoad: share })));
    points.push(...pointsOf(mine, share));
  }
  const title = `${scenario.name}, live`;
  const servers = expandFleet(scenario).length;
  const theory = fleetTheory(scenario, LOADS);
  return { sweep: { title, unit: 'ms', servers, live: true, points, theory }, runs };
}

/** One point per arm with at least two valid runs. */
export function pointsOf(runs: readonly Run[], load: number): SweepPoint[] {
  const points: SweepPoint[] = [];
  for (const [, mine] of Map.groupBy(runs, armOf)) {
    const valid = mine.filter((run) => run.valid);
    const means = valid.map(({ latencyMs }) => latencyMs.mean).filter((mean) => mean !== null);
    const [first] = valid;
    if (first === undefined || means.length < 2) continue;
    const { mean, low, high } = estimate(means);
    points.push({
      subject: first.subject,
      strategy: first.strategy,
      load,
      mean,
      meanInterval: [Math.max(0, low), high],
      p99: pooledLatency(valid).p99,
      answered: answeredShare(sumRequests(valid)),
    });
  }
  return points;
}
