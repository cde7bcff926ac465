/** What queueing theory says of a live sweep over a scenario's fleet, where there is a closed form. */

import type { TheoryCurve } from '@evenkeel/report';
import type { Scenario } from '../scenario/types.ts';
import { mmcMean } from './formulas.ts';

/**
 * Mean response in ms over load, of equal backends with exponential service and Poisson arrivals: random
 * choice makes each backend an M/M/c by itself, and none can do better than one queue for all. Elsewhere empty.
 * What the proxy and the machine add is not in it.
 */
export function fleetTheory(
  { fleet, load }: Pick<Scenario, 'fleet' | 'load'>,
  loads: readonly number[],
): TheoryCurve[] {
  const [group, ...others] = fleet;
  if (group === undefined || others.length > 0) return [];
  if (load.kind !== 'open' || load.arrivals.kind !== 'poisson') return [];
  const { service, concurrency, count, discipline } = group;
  if (service.distribution !== 'exponential' || discipline !== 'fifo') return [];
  const curve = (name: string, strategy: string | null, slots: number): TheoryCurve => ({
    name,
    strategy,
    points: loads
      .filter((share) => share < 1)
      .map((share) => ({ load: share, mean: service.meanMs * mmcMean(slots, share) })),
  });
  const all = count * concurrency;
  return [
    curve(`theory: random, M/M/${concurrency} each`, 'random', concurrency),
    curve(`bound: M/M/${all}, one queue`, null, all),
  ];
}
