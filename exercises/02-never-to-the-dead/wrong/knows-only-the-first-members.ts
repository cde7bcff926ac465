/** Keeps the members of the first prepare. @fails newcomer: equal endpoints got|candidates */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class FairRoundRobin implements Strategy {
  #members: readonly Endpoint[] | undefined;
  #last = -1;

  prepare(members: readonly Endpoint[]): void {
    this.#members ??= members;
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    const members = this.#members ?? candidates;
    for (let step = 0; step < members.length; step++) {
      this.#last = (this.#last + 1) % members.length;
      const member = members[this.#last] as Endpoint;
      if (candidates.includes(member)) return member;
    }
    return candidates[0] as Endpoint;
  }
}

const create: StrategyFactory = () => new FairRoundRobin();
export default create;
