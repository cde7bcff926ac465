/** Collects the least loaded, draws one of them. */

import type { Endpoint, Random, Strategy, StrategyFactory } from '@evenkeel/core';

/** My number. */
const BIAS = 0;

class LeastConnections implements Strategy {
  readonly #random: Random;
  readonly #tied: Endpoint[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    this.#tied.length = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const candidate of candidates) {
      const load = (candidate.inFlight + BIAS) / candidate.weight;
      if (load < least) {
        least = load;
        this.#tied.length = 0;
      }
      if (load === least) this.#tied.push(candidate);
    }
    return this.#tied[this.#random.below(this.#tied.length)] as Endpoint;
  }
}

const create: StrategyFactory = ({ random }) => new LeastConnections(random);
export default create;
