/** A newcomer inherits the credit of whoever had its slot. @fails changes: has the most credit */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class SmoothWeightedRoundRobin implements Strategy {
  readonly #credit: number[] = [];

  pick(candidates: readonly Endpoint[]): Endpoint {
    let richest = candidates[0] as Endpoint;
    let total = 0;
    for (const candidate of candidates) {
      const present = (this.#credit[candidate.slot] ?? 0) + candidate.effectiveWeight;
      this.#credit[candidate.slot] = present;
      total += candidate.effectiveWeight;
      if (present > (this.#credit[richest.slot] ?? 0)) richest = candidate;
    }
    this.#credit[richest.slot] = (this.#credit[richest.slot] ?? 0) - total;
    return richest;
  }
}

const create: StrategyFactory = () => new SmoothWeightedRoundRobin();
export default create;
