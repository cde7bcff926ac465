/** Each endpoint weight times in a list: bursts. @fails smooth: has the most credit */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class WeightedRoundRobin implements Strategy {
  #list: Endpoint[] = [];
  #next = 0;

  prepare(members: readonly Endpoint[]): void {
    this.#list = members.flatMap((m) => Array<Endpoint>(Math.max(1, Math.round(m.weight))).fill(m));
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    for (let i = 0; i < this.#list.length; i++) {
      const next = this.#list[this.#next++ % this.#list.length] as Endpoint;
      if (next.eligible) return next;
    }
    return candidates[0] as Endpoint;
  }
}

const create: StrategyFactory = () => new WeightedRoundRobin();
export default create;
