/** Counts modulo the candidates: whoever flaps shifts all others. @fails fair: ready all the time, was */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class FairRoundRobin implements Strategy {
  #turn = 0;

  pick(candidates: readonly Endpoint[]): Endpoint {
    return candidates[this.#turn++ % candidates.length] as Endpoint;
  }
}

const create: StrategyFactory = () => new FairRoundRobin();
export default create;
