/** The one that stands after the last one picked. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** My number. */
const FIRST = 0;

class RoundRobin implements Strategy {
  #last: Endpoint | undefined;

  pick(candidates: readonly Endpoint[]): Endpoint {
    const at = this.#last === undefined ? FIRST : candidates.indexOf(this.#last) + 1;
    const next = candidates[at % candidates.length] as Endpoint;
    this.#last = next;
    return next;
  }
}

const create: StrategyFactory = () => new RoundRobin();
export default create;
