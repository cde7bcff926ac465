/** What of a scenario the simulator alone can do, for those who are about to run it on real processes. */

import type { Scenario } from './types.ts';

/** One thing, by its field, its value and what it is. */
export interface SimulatedOnly {
  readonly field: string;
  readonly value: string | number;
  readonly what: string;
  /** A live run goes without it: another experiment, but one that can be done. */
  readonly canBeLeftOut: boolean;
}

/** In the order of the file; empty where a live run does all that is asked. */
export function simulatedOnly({ fleet, load, sim }: Scenario): SimulatedOnly[] {
  const found: SimulatedOnly[] = [];
  const add = (field: string, value: string | number, what: string, canBeLeftOut: boolean) =>
    found.push({ field, value, what, canBeLeftOut });
  const shared = fleet.findIndex(({ discipline }) => discipline !== 'fifo');
  const other = fleet[shared]?.discipline;
  if (other !== undefined) add(`fleet[${shared}].discipline`, other, 'processor sharing', false);
  const { clientRetries } = load;
  if (clientRetries > 0) {
    add('load.clientRetries', clientRetries, 'clients that try again', false);
  }
  if (sim.balancers > 1) add('sim.balancers', sim.balancers, 'several balancers', true);
  if (sim.staleMs > 0) add('sim.staleMs', sim.staleMs, 'old load reports', true);
  return found;
}
