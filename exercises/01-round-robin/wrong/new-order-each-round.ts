/** A round, but each in another order. @fails rounds: where the round before had */

import type { Endpoint, Random, Strategy, StrategyFactory } from '@evenkeel/core';

class RoundRobin implements Strategy {
  readonly #random: Random;
  #left: Endpoint[] = [];
  #known: readonly Endpoint[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    const isSame =
      candidates.length === this.#known.length && candidates.every((c, i) => c === this.#known[i]);
    if (!isSame || this.#left.length === 0) this.#left = [...candidates];
    this.#known = [...candidates];
    return this.#left.splice(this.#random.below(this.#left.length), 1)[0] as Endpoint;
  }
}

const create: StrategyFactory = ({ random }) => new RoundRobin(random);
export default create;
