/**
 * Maglev: consistent hashing from a table that the endpoints fill in turns, each in its own order.
 *
 * The turns make shares equal to within one slot of 65,537, and the orders, which depend on the id
 * alone, make the table nearly the same after a change of membership. If the owner of a slot may
 * not be chosen the key tries others, so health changes move only the keys of those concerned.
 *
 * Cost: O(1) per pick; building takes about 65,537 · ln 65,537 steps, or more where one weight
 * dwarfs the rest. Wrong where a change of membership must move no key but the lost one's
 * (ring-hash, ip-hash): here a few percent move besides; and for more than some thousands of
 * endpoints, for which there are too few slots. Source: Eisenbud et al. 2016 (Maglev, NSDI);
 * weights as in Envoy.
 */

import { hash32, mix32 } from '../hash.ts';
import type { Endpoint, RequestInfo, Strategy, StrategyFactory } from '../strategy.ts';
import type { StrategyEntry } from './entry.ts';
import { plainEntry } from './options.ts';

/** Prime, so that every skip visits every slot. */
const TABLE_SIZE = 65_537;
const SKIP_SEED = 1;

/**
 * The order in which one endpoint claims slots: offset, offset + skip, … modulo the table's size.
 */
export interface Claimant {
  readonly offset: number;
  /** 1 to size − 1. */
  readonly skip: number;
  readonly weight: number;
}

/**
 * Fills a table of `size` slots, a prime.
 * @returns for each slot the index of the claimant that owns it
 */
export function maglevTable(claimants: readonly Claimant[], size: number): Int32Array {
  const table = new Int32Array(size).fill(-1);
  const heaviest = claimants.reduce((most, { weight }) => Math.max(most, weight), 0);
  const next = Float64Array.from(claimants, ({ offset }) => offset);
  const due = new Float64Array(claimants.length);
  let filled = 0;
  for (let round = 1; filled < size && claimants.length > 0; round++) {
    for (let index = 0; index < claimants.length && filled < size; index++) {
      const { skip, weight } = claimants[index] as Claimant;
      // The heaviest has its turn in every round, one of half its weight in every second.
      if (round * weight < (due[index] as number)) continue;
      due[index] = (due[index] as number) + heaviest;
      let slot = next[index] as number;
      while (table[slot] !== -1) slot = (slot + skip) % size;
      table[slot] = index;
      next[index] = (slot + skip) % size;
      filled += 1;
    }
  }
  return table;
}

class Maglev implements Strategy {
  #owners: readonly Endpoint[] = [];
  #table: Int32Array = new Int32Array(TABLE_SIZE).fill(-1);

  prepare(members: readonly Endpoint[]): void {
    // By id: the turns must not depend on the order in a configuration file.
    this.#owners = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
    const claimants = this.#owners.map(({ id, weight }) => ({
      offset: hash32(id) % TABLE_SIZE,
      skip: (hash32(id, SKIP_SEED) % (TABLE_SIZE - 1)) + 1,
      weight,
    }));
    this.#table = maglevTable(claimants, TABLE_SIZE);
  }

  pick(candidates: readonly Endpoint[], request: RequestInfo): Endpoint {
    let slot = (request.hash >>> 0) % TABLE_SIZE;
    let owner = this.#owners[this.#table[slot] as number];
    if (owner?.eligible === true) return owner;
    // Each key goes its own way on from there: neighbouring slots have the same neighbours all over
    // the table, which would give most keys of a lost endpoint to the same few.
    const stride = (mix32(request.hash) % (TABLE_SIZE - 1)) + 1;
    for (let step = 1; step < TABLE_SIZE; step++) {
      slot = (slot + stride) % TABLE_SIZE;
      owner = this.#owners[this.#table[slot] as number];
      if (owner?.eligible === true) return owner;
    }
    return candidates[0] as Endpoint;
  }
}

/** See the head of this file. */
export const maglev: StrategyFactory = () => new Maglev();

export const maglevEntry: StrategyEntry = {
  ...plainEntry(
    'maglev',
    'consistent hashing from a table: even shares, O(1); a few more keys move than by ring-hash',
    maglev,
  ),
  key: 'ip',
};
