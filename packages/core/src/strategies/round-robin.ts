/**
 * Round robin: each endpoint in its turn.
 *
 * Goes round the members in their order and passes over those that may not be chosen, rather than
 * counting modulo the number of candidates: so an endpoint that drops out for one pick neither
 * loses its turn nor shifts another's. Over k·n picks with n ready, each gets exactly k.
 *
 * Cost: O(1) amortised while most members are ready. Wrong when requests or endpoints differ much:
 * it counts requests, not work, and keeps feeding a slow endpoint at full rate.
 * Source: time-sharing schedulers; the default of nginx, Envoy and HAProxy.
 */

import type { Endpoint, Strategy, StrategyFactory } from '../strategy.ts';
import type { StrategyEntry } from './entry.ts';
import { plainEntry } from './options.ts';

class RoundRobin implements Strategy {
  #members: readonly Endpoint[] = [];
  /** Index in `members` of the last one picked. */
  #last = -1;

  prepare(members: readonly Endpoint[]): void {
    const last = this.#members[this.#last];
    const now = last === undefined ? -1 : members.indexOf(last);
    // If the last one picked has left, the one that stands in its place now is next.
    this.#last = now >= 0 ? now : Math.max(this.#last - 1, -1);
    this.#members = members;
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    const members = this.#members;
    for (let step = 0; step < members.length; step++) {
      this.#last = this.#last + 1 < members.length ? this.#last + 1 : 0;
      const member = members[this.#last] as Endpoint;
      if (member.eligible) return member;
    }
    return candidates[0] as Endpoint;
  }
}

/** See the head of this file. */
export const roundRobin: StrategyFactory = () => new RoundRobin();

export const roundRobinEntry: StrategyEntry = plainEntry(
  'round-robin',
  'each in its turn; for like requests on like endpoints',
  roundRobin,
);
