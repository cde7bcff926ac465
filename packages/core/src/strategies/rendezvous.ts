/**
 * Rendezvous hashing (highest random weight): the strategies ip-hash, header-hash and cookie-hash,
 * which differ only in where the key comes from.
 *
 * Every key runs a race among the candidates, each with a random time fixed by (key, endpoint id),
 * exponentially distributed with the weight as rate; the first to arrive wins, with probability
 * in proportion to its weight. When one is left out its keys go to their second-best, spread over
 * all the others, and no other key moves. No table to build or to keep.
 *
 * Cost: O(n) hashes per pick. Wrong for thousands of endpoints (maglev, ring-hash) and for keys of
 * very different popularity: a hot key is one endpoint's problem (bounded-hash).
 * Source: Thaler, Ravishankar 1998; weights after Resch 2015 (weighted rendezvous in IBM COS).
 */

import { hash32, mix32 } from '../hash.ts';
import { log } from '../math.ts';
import type { Endpoint, KeySource, RequestInfo, Strategy, StrategyFactory } from '../strategy.ts';
import type { StrategyEntry } from './entry.ts';
import { plainEntry } from './options.ts';

const TWO_TO_MINUS_32 = 2 ** -32;

class Rendezvous implements Strategy {
  #members: readonly Endpoint[] = [];
  /** By index in `members`, as is `slowness`, which is 1 / weight. */
  #seeds: Int32Array = new Int32Array(0);
  #slowness: Float64Array = new Float64Array(0);

  prepare(members: readonly Endpoint[]): void {
    this.#members = members;
    this.#seeds = Int32Array.from(members, ({ id }) => hash32(id));
    this.#slowness = Float64Array.from(members, ({ weight }) => 1 / weight);
  }

  /** Runs through two dense arrays, and looks at an endpoint only when it takes the lead. */
  pick(candidates: readonly Endpoint[], request: RequestInfo): Endpoint {
    const key = request.hash;
    const seeds = this.#seeds;
    const slowness = this.#slowness;
    let winner: Endpoint | undefined;
    let first = Number.POSITIVE_INFINITY;
    for (let i = 0; i < seeds.length; i++) {
      const u = (mix32(key ^ (seeds[i] as number)) + 0.5) * TWO_TO_MINUS_32;
      const slow = slowness[i] as number;
      // u ≤ −log(1 − u), so most are out of the race before the logarithm is needed.
      if (u * slow > first) continue;
      const member = this.#members[i] as Endpoint;
      if (!member.eligible) continue;
      const arrival = -log(1 - u) * slow;
      if (arrival > first || (arrival === first && winner && winner.id < member.id)) continue;
      first = arrival;
      winner = member;
    }
    return winner ?? (candidates[0] as Endpoint);
  }
}

/** See the head of this file. */
export const rendezvous: StrategyFactory = () => new Rendezvous();

function entry(name: string, about: string, key: KeySource): StrategyEntry {
  return { ...plainEntry(name, about, rendezvous), key };
}

export const ipHashEntry: StrategyEntry = entry(
  'ip-hash',
  'the same client address, the same endpoint (rendezvous hashing)',
  'ip',
);

export const headerHashEntry: StrategyEntry = entry(
  'header-hash',
  'the same value of a header, the same endpoint (rendezvous hashing)',
  { header: 'x-user' },
);

export const cookieHashEntry: StrategyEntry = entry(
  'cookie-hash',
  'the same value of a cookie, the same endpoint (rendezvous hashing)',
  { cookie: 'session' },
);
