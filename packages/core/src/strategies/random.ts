/**
 * Random: each candidate with the same probability.
 *
 * Cost: O(1), no state, nothing to coordinate between balancers. Wrong where its unevenness hurts:
 * n requests on n endpoints leave one with about ln n / ln ln n of them (Gonnet 1981), and at 90 %
 * load the mean response time is ten times the service time. power-of-two costs hardly more.
 */

import type { Endpoint, StrategyFactory } from '../strategy.ts';
import type { StrategyEntry } from './entry.ts';
import { plainEntry } from './options.ts';

/** See the head of this file. */
export const randomChoice: StrategyFactory = ({ random }) => ({
  pick: (candidates) => candidates[random.below(candidates.length)] as Endpoint,
});

export const randomEntry: StrategyEntry = plainEntry(
  'random',
  'any, with equal probability; the yardstick that others have to beat',
  randomChoice,
);
