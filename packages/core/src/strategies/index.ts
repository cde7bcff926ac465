/** The registry: every strategy by the name that configuration files use. */

import { OptionError, type StrategyEntry } from './entry.ts';
import { leastConnectionsEntry } from './least-connections.ts';
import { show } from './options.ts';
import { powerOfTwoEntry } from './power-of-two.ts';
import { randomEntry } from './random.ts';
import { roundRobinEntry } from './round-robin.ts';
import { didYouMean } from './suggest.ts';
import { weightedRandomEntry } from './weighted-random.ts';
import { weightedRoundRobinEntry } from './weighted-round-robin.ts';

export * from './entry.ts';
export { leastConnections } from './least-connections.ts';
export { leastLoaded } from './least-loaded.ts';
export { inFlight, type Load, type LoadFactory, weightedInFlight } from './loads.ts';
export { powerOfTwo } from './power-of-two.ts';
export { randomChoice } from './random.ts';
export { type Hooks, relay } from './relay.ts';
export { roundRobin } from './round-robin.ts';
export { weightedRandom } from './weighted-random.ts';
export { weightedRoundRobin } from './weighted-round-robin.ts';

/** All of them, in the order in which they are listed to users. */
export const strategies: readonly StrategyEntry[] = [
  roundRobinEntry,
  weightedRoundRobinEntry,
  randomEntry,
  weightedRandomEntry,
  leastConnectionsEntry,
  powerOfTwoEntry,
];

/**
 * The strategy of that name.
 * @throws {OptionError} in one line, naming what there is
 */
export function strategyNamed(name: string): StrategyEntry {
  const entry = strategies.find((known) => known.name === name);
  if (entry !== undefined) return entry;
  const names = strategies.map((known) => known.name);
  const known = `known: ${names.join(', ')}`;
  throw new OptionError(`unknown strategy ${show(name)}${didYouMean(name, names)} (${known})`);
}
