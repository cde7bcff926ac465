/** Rounds long enough for what is compared: a percentile needs its samples in every round. */

import { type Metric, samplesNeeded } from '@evenkeel/report';
import { ratePerSecond, type Scenario } from '@evenkeel/sim';

const SHARES: Readonly<Partial<Record<Metric, number>>> = { p50: 0.5, p90: 0.9, p99: 0.99 };
/** Arrivals are random: so many more than needed, in the mean. */
const MARGIN = 1.15;
/** Nobody waits longer for a round: below that rate, a lower percentile is compared. */
const ROUND_MS_MAX = 10_000;
const STEP_MS = 500;

/** At least `roundMs`, and as much longer as the scenario's rate and the metric ask for. */
export function roundLengthMs(
  scenario: Pick<Scenario, 'fleet' | 'load'>,
  roundMs: number,
  metric: Metric,
): number {
  const { load } = scenario;
  const share = SHARES[metric];
  if (load.kind !== 'open' || share === undefined) return roundMs;
  const perSecond = ratePerSecond({ ...scenario, load });
  const neededMs = (MARGIN * samplesNeeded(share) * 1000) / perSecond;
  const steppedMs = Math.ceil(neededMs / STEP_MS) * STEP_MS;
  return Math.max(roundMs, Math.min(Math.max(roundMs, ROUND_MS_MAX), steppedMs));
}
