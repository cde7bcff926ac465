/** Does not look at `eligible`. @fails candidates: must return one of the candidates */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class FairRoundRobin implements Strategy {
  #members: readonly Endpoint[] = [];
  #turn = 0;

  prepare(members: readonly Endpoint[]): void {
    this.#members = members;
  }

  pick(): Endpoint {
    return this.#members[this.#turn++ % this.#members.length] as Endpoint;
  }
}

const create: StrategyFactory = () => new FairRoundRobin();
export default create;
