/** Keeps a history of all picks. @fails frugal: never freed */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class RoundRobin implements Strategy {
  readonly #history: { readonly picked: Endpoint; readonly at: number }[] = [];

  pick(candidates: readonly Endpoint[]): Endpoint {
    const at = this.#history.length;
    const picked = candidates[at % candidates.length] as Endpoint;
    this.#history.push({ picked, at });
    return picked;
  }
}

const create: StrategyFactory = () => new RoundRobin();
export default create;
