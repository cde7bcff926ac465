/** Starts from the front whenever members change. @fails fair: ready all the time, was passed over */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class FairRoundRobin implements Strategy {
  #members: readonly Endpoint[] = [];
  #last = -1;

  prepare(members: readonly Endpoint[]): void {
    this.#members = members;
    this.#last = -1;
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
