/** Counts to n, not to n - 1. @fails candidates: got undefined */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class RoundRobin implements Strategy {
  #turn = 0;

  pick(candidates: readonly Endpoint[]): Endpoint {
    this.#turn = this.#turn >= candidates.length ? 0 : this.#turn + 1;
    return candidates[this.#turn] as Endpoint;
  }
}

const create: StrategyFactory = () => new RoundRobin();
export default create;
