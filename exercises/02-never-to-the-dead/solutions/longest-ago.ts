/** Of the candidates the one whose last turn is longest ago. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class FairRoundRobin implements Strategy {
  readonly #turns = new WeakMap<Endpoint, number>();
  #now = 0;

  pick(candidates: readonly Endpoint[]): Endpoint {
    let next = candidates[0] as Endpoint;
    for (const candidate of candidates) {
      if ((this.#turns.get(candidate) ?? 0) < (this.#turns.get(next) ?? 0)) next = candidate;
    }
    this.#turns.set(next, ++this.#now);
    return next;
  }
}

const create: StrategyFactory = () => new FairRoundRobin();
export default create;
