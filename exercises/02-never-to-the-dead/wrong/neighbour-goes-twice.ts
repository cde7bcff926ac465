/** The one after a dead one gets its turn and its own. @fails fair: ready all the time, was */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class FairRoundRobin implements Strategy {
  #members: readonly Endpoint[] = [];
  #turn = 0;

  prepare(members: readonly Endpoint[]): void {
    this.#members = members;
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    const start = this.#turn++;
    for (let step = 0; step < this.#members.length; step++) {
      const member = this.#members[(start + step) % this.#members.length] as Endpoint;
      if (member.eligible) return member;
    }
    return candidates[0] as Endpoint;
  }
}

const create: StrategyFactory = () => new FairRoundRobin();
export default create;
