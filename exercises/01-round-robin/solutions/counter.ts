/** A counter, modulo the number of candidates. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** My number. */
const FIRST = 0;

class RoundRobin implements Strategy {
  #turn = FIRST;

  pick(candidates: readonly Endpoint[]): Endpoint {
    const turn = this.#turn % candidates.length;
    this.#turn = turn + 1;
    return candidates[turn] as Endpoint;
  }
}

const create: StrategyFactory = () => new RoundRobin();
export default create;
