/** A cursor over the members that passes over those that may not be picked. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** My number. */
const FIRST = 0;

class FairRoundRobin implements Strategy {
  #members: readonly Endpoint[] = [];
  #last = FIRST - 1;

  prepare(members: readonly Endpoint[]): void {
    const last = this.#members[this.#last];
    if (last !== undefined) {
      const now = members.indexOf(last);
      // If it has left, the one that stands in its place now is next.
      this.#last = now >= 0 ? now : this.#last - 1;
    }
    this.#members = members;
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    for (let step = 0; step < this.#members.length; step++) {
      this.#last = (this.#last + 1) % this.#members.length;
      const member = this.#members[this.#last] as Endpoint;
      if (member.eligible) return member;
    }
    return candidates[0] as Endpoint;
  }
}

const create: StrategyFactory = () => new FairRoundRobin();
export default create;
