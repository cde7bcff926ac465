/**
 * Consistent hashing with bounded loads: a key goes to its place on the ring unless the endpoint
 * there already has more than its share, and else to the next that has room.
 *
 * With m attempts in flight, the new one included, an endpoint takes at most ⌈c·m·w/W⌉ of them (w
 * its weight, W that of all candidates; for equal weights ⌈c·m/n⌉). As c ≥ 1, one always has room.
 * So a hot key, or an endpoint that slows down, spills over instead of drowning its owner.
 *
 * Cost: O(n) for m and W, which depend on which may be chosen now, and O(log points) for the ring.
 * Wrong where a key must not move at all. Source: Mirrokni, Thorup, Zadimoghaddam 2016; HAProxy
 * `hash-balance-factor`, default 125 there.
 */

import type { Endpoint, RequestInfo, Strategy, StrategyFactory } from '../strategy.ts';
import type { StrategyEntry } from './entry.ts';
import { type Acceptance, HashRing } from './hash-ring.ts';
import { number, parseOptions } from './options.ts';
import { POINTS_PER_WEIGHT } from './ring-hash.ts';

const FACTOR = 1.25;
/** What rounding may add to a quotient that is whole by the books, as 1.25 · 4 / 5. */
const ROUNDING = 1e-9;

class BoundedHash implements Strategy {
  readonly #factor: number;
  readonly #hasRoom: Acceptance;
  #ring = new HashRing([], POINTS_PER_WEIGHT);
  #loadPerWeight = 0;

  constructor(factor: number) {
    this.#factor = factor;
    this.#hasRoom = (endpoint) =>
      endpoint.eligible &&
      endpoint.inFlight < Math.ceil(this.#loadPerWeight * endpoint.weight - ROUNDING);
  }

  prepare(members: readonly Endpoint[]): void {
    this.#ring = new HashRing(members, POINTS_PER_WEIGHT);
  }

  pick(candidates: readonly Endpoint[], request: RequestInfo): Endpoint {
    let load = 1;
    let weight = 0;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i] as Endpoint;
      load += candidate.inFlight;
      weight += candidate.weight;
    }
    this.#loadPerWeight = (this.#factor * load) / weight;
    return this.#ring.find(request.hash, this.#hasRoom) ?? (candidates[0] as Endpoint);
  }
}

/** See the head of this file. @param factor c, from 1 (strictly even) to 100 */
export function boundedHash(factor: number = FACTOR): StrategyFactory {
  return () => new BoundedHash(factor);
}

const OPTIONS = { factor: number(FACTOR, 1, 100) };

export const boundedHashEntry: StrategyEntry = {
  name: 'bounded-hash',
  about: 'consistent hashing that spills over when an endpoint has too much; for hot keys',
  key: 'ip',
  create: (raw = {}) => boundedHash(parseOptions('bounded-hash', raw, OPTIONS).factor),
};
