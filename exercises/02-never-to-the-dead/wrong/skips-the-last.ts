/** Never asks the last member while another may be asked. @fails fair: was passed over */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class FairRoundRobin implements Strategy {
  #members: readonly Endpoint[] = [];
  #last = -1;

  prepare(members: readonly Endpoint[]): void {
    this.#members = members;
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    const asked = Math.max(1, this.#members.length - 1);
    for (let step = 0; step < asked; step++) {
      this.#last = (this.#last + 1) % asked;
      const member = this.#members[this.#last] as Endpoint;
      if (member.eligible) return member;
    }
    return candidates[0] as Endpoint;
  }
}

const create: StrategyFactory = () => new FairRoundRobin();
export default create;
