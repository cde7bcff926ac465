/**
 * Exercise 03: smooth weighted round robin. Weight 5 gets five times the requests of weight 1, and not in
 * a burst: weights 5, 1, 1 give a a b a c a a.
 *
 * In a tie, take the one that comes first in `candidates` (`pnpm learn` says so if your rule is the other one).
 */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class SmoothWeightedRoundRobin implements Strategy {
  #list: Endpoint[] = [];
  #next = 0;

  prepare(members: readonly Endpoint[]): void {
    this.#list = members.flatMap((member) => Array<Endpoint>(member.weight).fill(member));
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    for (let i = 0; i < this.#list.length; i++) {
      const next = this.#list[this.#next++ % this.#list.length] as Endpoint;
      if (next.eligible) return next;
    }
    return candidates[0] as Endpoint;
  }
}

const create: StrategyFactory = () => new SmoothWeightedRoundRobin();
export default create;
