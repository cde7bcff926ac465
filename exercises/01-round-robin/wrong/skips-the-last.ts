/** Skips the last of the list. @fails turns: picked again before */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class RoundRobin implements Strategy {
  #turn = 0;

  pick(candidates: readonly Endpoint[]): Endpoint {
    this.#turn = (this.#turn + 1) % Math.max(1, candidates.length - 1);
    return candidates[this.#turn] as Endpoint;
  }
}

const create: StrategyFactory = () => new RoundRobin();
export default create;
