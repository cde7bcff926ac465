/** Goes to the end and back again. @fails turns: picked again before */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class RoundRobin implements Strategy {
  #at = -1;
  #step = 1;

  pick(candidates: readonly Endpoint[]): Endpoint {
    const last = candidates.length - 1;
    this.#at = Math.max(0, Math.min(last, this.#at + this.#step));
    if (this.#at === last) this.#step = -1;
    if (this.#at === 0) this.#step = 1;
    return candidates[this.#at] as Endpoint;
  }
}

const create: StrategyFactory = () => new RoundRobin();
export default create;
