/** Of the candidates the one whose last turn is longest ago. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** My number. */
const FIRST = 0;

class FairRoundRobin implements Strategy {
  readonly #turns = new WeakMap<Endpoint, number>();
  #now = 0;

  pick(candidates: readonly Endpoint[]): Endpoint {
    const first = FIRST % candidates.length;
    let next = candidates[first] as Endpoint;
    for (const candidate of [...candidates.slice(first), ...candidates.slice(0, first)]) {
      if ((this.#turns.get(candidate) ?? 0) < (this.#turns.get(next) ?? 0)) next = candidate;
    }
    this.#turns.set(next, ++this.#now);
    return next;
  }
}

const create: StrategyFactory = () => new FairRoundRobin();
export default create;
