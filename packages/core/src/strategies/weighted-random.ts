/**
 * Weighted random: each candidate with a probability in proportion to its weight of the moment.
 *
 * Draws a candidate and accepts it with probability weight / heaviest, else draws again (rejection
 * sampling): exact for every subset of candidates and throughout slow start, without a table to
 * rebuild. After a few refusals it sums the weights instead; a draw that starts over has the
 * same distribution, whichever way it is made.
 *
 * Cost: O(1) while the mean weight is not far below the heaviest, O(n) else. Wrong for the same
 * reason as random: it counts on luck, and knows nothing of load.
 * Source: von Neumann 1951, Various techniques used in connection with random digits.
 */

import type { Random } from '../ports.ts';
import type { Endpoint, Strategy, StrategyFactory } from '../strategy.ts';
import type { StrategyEntry } from './entry.ts';
import { plainEntry } from './options.ts';

const MOST_REFUSALS = 8;

class WeightedRandom implements Strategy {
  readonly followsEffectiveWeight = true;
  readonly #random: Random;
  #heaviest = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  prepare(members: readonly Endpoint[]): void {
    this.#heaviest = members.reduce((most, member) => Math.max(most, member.weight), 0);
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    for (let refusals = 0; refusals < MOST_REFUSALS; refusals++) {
      const candidate = candidates[this.#random.below(candidates.length)] as Endpoint;
      if (this.#random.next() * this.#heaviest < candidate.effectiveWeight) return candidate;
    }
    return this.#pickBySum(candidates);
  }

  #pickBySum(candidates: readonly Endpoint[]): Endpoint {
    let total = 0;
    for (let i = 0; i < candidates.length; i++) {
      total += (candidates[i] as Endpoint).effectiveWeight;
    }
    let rest = this.#random.next() * total;
    for (let i = 0; i < candidates.length - 1; i++) {
      const candidate = candidates[i] as Endpoint;
      rest -= candidate.effectiveWeight;
      if (rest < 0) return candidate;
    }
    return candidates[candidates.length - 1] as Endpoint;
  }
}

/** See the head of this file. */
export const weightedRandom: StrategyFactory = ({ random }) => new WeightedRandom(random);

export const weightedRandomEntry: StrategyEntry = plainEntry(
  'weighted-random',
  'any, with probability by weight; for large fleets of known strength',
  weightedRandom,
);
