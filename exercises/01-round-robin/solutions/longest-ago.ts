/** The one whose last turn is longest ago. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** My number. */
const FIRST = 0;

class RoundRobin implements Strategy {
  readonly #turns = new WeakMap<Endpoint, number>();
  #now = 0;

  pick(candidates: readonly Endpoint[]): Endpoint {
    const first = FIRST % candidates.length;
    let next = candidates[first] as Endpoint;
    for (const candidate of [...candidates.slice(first), ...candidates.slice(0, first)]) {
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
