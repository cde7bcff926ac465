/** The one that stands after the last one picked. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class RoundRobin implements Strategy {
  #last: Endpoint | undefined;

  pick(candidates: readonly Endpoint[]): Endpoint {
    const at = this.#last === undefined ? -1 : candidates.indexOf(this.#last);
    const next = candidates[(at + 1) % candidates.length] as Endpoint;
    this.#last = next;
    return next;
  }
}

const create: StrategyFactory = () => new RoundRobin();
export default create;
