/**
 * A consistent-hashing ring: each endpoint owns many points on a circle of 2^32 places, and a key
 * belongs to the first point at or after its own place. Used by ring-hash and bounded-hash.
 *
 * With V points for each of n endpoints the shares' standard deviation is √((n−1)/(nV+1)) of their
 * mean: 8 % for V = 160. Points depend on the endpoint's id alone, so that removing one moves its
 * keys and no others, and all balancers agree.
 */

import { hash32, mix32 } from '../hash.ts';
import type { Endpoint } from '../strategy.ts';

/** 12 MiB of ring. Fleets that would need more get fewer points, in the same proportion. */
const MOST_POINTS = 2 ** 20;
const GOLDEN = 0x9e3779b9;
const SECOND_SEED = 1;
/** Points sort as doubles: place · 2^21 + owner is exact below 2^53. */
const OWNER_BITS = 2 ** 21;

/** Decides whether the owner of a point is taken, or the walk goes on. */
export type Acceptance = (endpoint: Endpoint) => boolean;

/** Immutable. */
export class HashRing {
  readonly #owners: readonly Endpoint[];
  /** Places of the points, ascending, and for each the index of its owner. */
  readonly #places: Uint32Array;
  readonly #ownerOf: Uint32Array;

  /** @param pointsPerWeight points of an endpoint of weight 1; each has at least one */
  constructor(members: readonly Endpoint[], pointsPerWeight: number) {
    // By id, so that the order of a configuration file does not decide between colliding points.
    this.#owners = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
    const wanted = members.reduce((sum, member) => sum + member.weight * pointsPerWeight, 0);
    const perWeight = pointsPerWeight * Math.min(1, MOST_POINTS / wanted);
    const counts = this.#owners.map(({ weight }) => Math.max(1, Math.round(weight * perWeight)));
    const points = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
    let next = 0;
    for (const [index, owner] of this.#owners.entries()) {
      const start = hash32(owner.id);
      const mask = hash32(owner.id, SECOND_SEED);
      for (let k = 0; k < (counts[index] as number); k++) {
        const place = mix32(mask ^ mix32(start + Math.imul(k, GOLDEN)));
        points[next++] = place * OWNER_BITS + index;
      }
    }
    points.sort();
    this.#places = new Uint32Array(points.length);
    this.#ownerOf = new Uint32Array(points.length);
    for (let i = 0; i < points.length; i++) {
      const point = points[i] as number;
      this.#places[i] = Math.floor(point / OWNER_BITS);
      this.#ownerOf[i] = point % OWNER_BITS;
    }
  }

  /** The first owner at or after `hash`, going round once, that is accepted. */
  find(hash: number, accepts: Acceptance): Endpoint | undefined {
    const length = this.#places.length;
    let index = this.#firstAtOrAfter(hash >>> 0);
    for (let step = 0; step < length; step++) {
      if (index >= length) index = 0;
      const owner = this.#owners[this.#ownerOf[index] as number] as Endpoint;
      if (accepts(owner)) return owner;
      index += 1;
    }
    return undefined;
  }

  #firstAtOrAfter(place: number): number {
    const places = this.#places;
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((places[middle] as number) < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Takes any that may be chosen. */
export function isEligible(endpoint: Endpoint): boolean {
  return endpoint.eligible;
}
