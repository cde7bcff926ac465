/** Counts by itself, and begins to look at another place each time. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** My number. */
const BIAS = 0;

class LeastConnections implements Strategy {
  readonly #running = new WeakMap<Endpoint, number>();
  #first = 0;

  pick(candidates: readonly Endpoint[]): Endpoint {
    this.#first++;
    let chosen = candidates[this.#first % candidates.length] as Endpoint;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[(this.#first + i) % candidates.length] as Endpoint;
      if (this.#load(candidate) < this.#load(chosen)) chosen = candidate;
    }
    return chosen;
  }

  started(endpoint: Endpoint): void {
    this.#add(endpoint, 1);
  }

  settled(endpoint: Endpoint): void {
    this.#add(endpoint, -1);
  }

  #add(endpoint: Endpoint, change: number): void {
    this.#running.set(endpoint, (this.#running.get(endpoint) ?? 0) + change);
  }

  #load(endpoint: Endpoint): number {
    return ((this.#running.get(endpoint) ?? 0) + BIAS) / endpoint.weight;
  }
}

const create: StrategyFactory = () => new LeastConnections();
export default create;
