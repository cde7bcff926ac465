/** Counts by itself, and begins to look at another place each time. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** My number. */
const BIAS = 0;

class LeastConnections implements Strategy {
  readonly #running = new Map<Endpoint, number>();
  #first = 0;

  prepare(members: readonly Endpoint[]): void {
    for (const endpoint of this.#running.keys()) {
      if (!members.includes(endpoint)) this.#running.delete(endpoint);
    }
  }

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
    const running = (this.#running.get(endpoint) ?? 0) + change;
    if (running > 0) this.#running.set(endpoint, running);
    else this.#running.delete(endpoint);
  }

  #load(endpoint: Endpoint): number {
    return ((this.#running.get(endpoint) ?? 0) + BIAS) / endpoint.weight;
  }
}

const create: StrategyFactory = () => new LeastConnections();
export default create;
