/** A request that failed is never taken off. @fails least: with load [\d.]+, while */

import type { Endpoint, Outcome, Strategy, StrategyFactory } from '@evenkeel/core';

class LeastConnections implements Strategy {
  readonly #running = new Map<Endpoint, number>();
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
    this.#running.set(endpoint, (this.#running.get(endpoint) ?? 0) + 1);
  }

  settled(endpoint: Endpoint, outcome: Outcome): void {
    if (outcome.kind === 'failed') return;
    this.#running.set(endpoint, (this.#running.get(endpoint) ?? 0) - 1);
  }

  #load(endpoint: Endpoint): number {
    return (this.#running.get(endpoint) ?? 0) / endpoint.weight;
  }
}

const create: StrategyFactory = () => new LeastConnections();
export default create;
