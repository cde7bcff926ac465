/** The registry: every strategy by the name that configuration files use. */

import { boundedHashEntry } from './bounded-hash.ts';
import { OptionError, type StrategyEntry } from './entry.ts';
import { leastConnectionsEntry } from './least-connections.ts';
import { leastConnectionsIndexedEntry } from './least-connections-indexed.ts';
import { leastResponseTimeEntry } from './least-response-time.ts';
import { maglevEntry } from './maglev.ts';
import { show } from './options.ts';
import { peakEwmaEntry } from './peak-ewma.ts';
import { powerOfTwoEntry } from './power-of-two.ts';
import { randomEntry } from './random.ts';
import { cookieHashEntry, headerHashEntry, ipHashEntry } from './rendezvous.ts';
import { ringHashEntry } from './ring-hash.ts';
import { roundRobinEntry } from './round-robin.ts';
import { stickyEntry } from './sticky.ts';
import { didYouMean } from './suggest.ts';
import { weightedRandomEntry } from './weighted-random.ts';
import { weightedRoundRobinEntry } from './weighted-round-robin.ts';

export { boundedHash } from './bounded-hash.ts';
export * from './entry.ts';
export { leastConnections } from './least-connections.ts';
export { leastConnectionsIndexed } from './least-connections-indexed.ts';
export { leastLoaded } from './least-loaded.ts';
export { responseTime } from './least-response-time.ts';
export { inFlight, type Load, type LoadFactory, weightedInFlight } from './loads.ts';
export { maglev } from './maglev.ts';
export { type StrategyModule, strategyOfModule } from './module.ts';
export { type PeakEwmaOptions, peakEwma } from './peak-ewma.ts';
export { powerOfTwo } from './power-of-two.ts';
export { randomChoice } from './random.ts';
export { rendezvous } from './rendezvous.ts';
export { ringHash } from './ring-hash.ts';
export { roundRobin } from './round-robin.ts';
export { sticky } from './sticky.ts';
export { suggest } from './suggest.ts';
export { weightedRandom } from './weighted-random.ts';
export { weightedRoundRobin } from './weighted-round-robin.ts';

/** All of them, in the order in which they are listed to users. */
export const strategies: readonly StrategyEntry[] = [
  roundRobinEntry,
  weightedRoundRobinEntry,
  randomEntry,
  weightedRandomEntry,
  leastConnectionsEntry,
  leastConnectionsIndexedEntry,
  powerOfTwoEntry,
  peakEwmaEntry,
  leastResponseTimeEntry,
  ipHashEntry,
  headerHashEntry,
  cookieHashEntry,
  ringHashEntry,
  maglevEntry,
  boundedHashEntry,
  stickyEntry(strategyNamed),
];

/** Short names, and those that other load balancers have for the same thing. */
export const STRATEGY_ALIASES: Readonly<Record<string, string>> = {
  rr: 'round-robin',
  wrr: 'weighted-round-robin',
  lc: 'least-connections',
  p2c: 'power-of-two',
  ewma: 'peak-ewma',
};

/** The name that an alias stands for; any other name as it is. */
export function strategyName(nameOrAlias: string): string {
  const isAlias = Object.hasOwn(STRATEGY_ALIASES, nameOrAlias);
  return (isAlias ? STRATEGY_ALIASES[nameOrAlias] : undefined) ?? nameOrAlias;
}

/**
 * The strategy of that name or alias.
 * @throws {OptionError} in one line, naming what there is
 */
export function strategyNamed(name: string): StrategyEntry {
  const entry = strategies.find((known) => known.name === strategyName(name));
  if (entry !== undefined) return entry;
  const names = strategies.map((known) => known.name);
  const known = `known: ${names.join(', ')}`;
  throw new OptionError(`unknown strategy ${show(name)}${didYouMean(name, names)} (${known})`);
}
