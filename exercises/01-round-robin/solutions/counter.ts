/** A counter, modulo the number of candidates. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class RoundRobin implements Strategy {
  #turn = 0;

  pick(candidates: readonly Endpoint[]): Endpoint {
    this.#turn = (this.#turn + 1) % candidates.length;
    return candidates[this.#turn] as Endpoint;
  }
}

const create: StrategyFactory = () => new RoundRobin();
export default create;
