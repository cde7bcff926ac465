/** The one whose last turn is longest ago. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class RoundRobin implements Strategy {
  readonly #turns = new WeakMap<Endpoint, number>();
  #now = 0;

  pick(candidates: readonly Endpoint[]): Endpoint {
    let next = candidates[0] as Endpoint;
    for (const candidate of candidates) {
      if (this.#turnOf(candidate) < this.#turnOf(next)) next = candidate;
    }
    this.#turns.set(next, ++this.#now);
    return next;
  }

  #turnOf(endpoint: Endpoint): number {
    return this.#turns.get(endpoint) ?? 0;
  }
}

const create: StrategyFactory = () => new RoundRobin();
export default create;
