/**
 * Ring hash (ketama): consistent hashing on a ring of 160 points per unit of weight.
 *
 * If the owner of a key may not be chosen, the next on the ring is: health changes move only the
 * keys of those concerned, and never rebuild the ring.
 *
 * Cost: O(log points) per pick; building sorts 160·n points, and takes 8 bytes for each. Wrong
 * where even shares matter: they differ by 8 % (maglev: by less than one slot of 65,537). Source:
 * Karger et al. 1997; libketama (Last.fm, 2007).
 */

import type { Endpoint, RequestInfo, Strategy, StrategyFactory } from '../strategy.ts';
import type { StrategyEntry } from './entry.ts';
import { HashRing, isEligible } from './hash-ring.ts';
import { integer, parseOptions } from './options.ts';

export const POINTS_PER_WEIGHT = 160;

class RingHash implements Strategy {
  readonly #pointsPerWeight: number;
  #ring: HashRing;

  constructor(pointsPerWeight: number) {
    this.#pointsPerWeight = pointsPerWeight;
    this.#ring = new HashRing([], pointsPerWeight);
  }

  prepare(members: readonly Endpoint[]): void {
    this.#ring = new HashRing(members, this.#pointsPerWeight);
  }

  pick(candidates: readonly Endpoint[], request: RequestInfo): Endpoint {
    return this.#ring.find(request.hash, isEligible) ?? (candidates[0] as Endpoint);
  }
}

/** See the head of this file. @param pointsPerWeight 1 to 1,000 */
export function ringHash(pointsPerWeight: number = POINTS_PER_WEIGHT): StrategyFactory {
  return () => new RingHash(pointsPerWeight);
}

const OPTIONS = { pointsPerWeight: integer(POINTS_PER_WEIGHT, 1, 1_000) };

export const ringHashEntry: StrategyEntry = {
  name: 'ring-hash',
  about: 'consistent hashing on a ring (ketama); a lost endpoint moves only its own keys',
  key: 'ip',
  create: (raw = {}) => ringHash(parseOptions('ring-hash', raw, OPTIONS).pointsPerWeight),
};
