/**
 * The power of two choices: two different candidates by chance, and of these the less loaded.
 *
 * Looking at two instead of one takes the fullest of n bins from ln n / ln ln n down to ln ln n; a
 * third adds little. And because it does not run to the one best endpoint, it stays stable where
 * figures are old or many balancers share a fleet.
 *
 * Cost: O(1). Wrong for a handful of endpoints, where looking at all costs as little and is better.
 * Source: Azar, Broder, Karlin, Upfal 1994; Mitzenmacher 2001; nginx `random two least_conn`.
 */

import type { Endpoint, StrategyFactory } from '../strategy.ts';
import type { StrategyEntry } from './entry.ts';
import { type LoadFactory, weightedInFlight } from './loads.ts';
import { plainEntry } from './options.ts';
import { relay } from './relay.ts';

/** Of two different ones, drawn by chance, the less loaded by any load metric. */
export function powerOfTwo(load: LoadFactory): StrategyFactory {
  return (environment) => {
    const { random } = environment;
    const metric = load(environment);
    return relay(metric, (candidates) => {
      const first = random.below(candidates.length);
      const one = candidates[first] as Endpoint;
      if (candidates.length === 1) return one;
      const second = random.below(candidates.length - 1);
      const other = candidates[second < first ? second : second + 1] as Endpoint;
      // A tie goes to the first drawn, which is fair because the draw is.
      return metric.of(other) < metric.of(one) ? other : one;
    });
  };
}

export const powerOfTwoEntry: StrategyEntry = plainEntry(
  'power-of-two',
  'the less loaded of two drawn by chance; nearly as good as least-connections, at any size',
  powerOfTwo(weightedInFlight),
);
