/** Credit in an array by slot, with the endpoint that it belongs to. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** My rule for ties. */
const TIES_TO_LAST = false;

class SmoothWeightedRoundRobin implements Strategy {
  readonly #owners: (Endpoint | undefined)[] = [];
  readonly #credit: number[] = [];

  prepare(members: readonly Endpoint[]): void {
    for (const member of members) {
      if (this.#owners[member.slot] !== member) this.#credit[member.slot] = 0;
      this.#owners[member.slot] = member;
    }
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    let total = 0;
    for (const { slot, weight } of candidates) {
      this.#credit[slot] = this.#creditOf(slot) + weight;
      total += weight;
    }
    const most = Math.max(...candidates.map(({ slot }) => this.#creditOf(slot)));
    const richest = candidates.filter(({ slot }) => this.#creditOf(slot) === most);
    const picked = richest.at(TIES_TO_LAST ? -1 : 0) as Endpoint;
    this.#credit[picked.slot] = most - total;
    return picked;
  }

  #creditOf(slot: number): number {
    return this.#credit[slot] ?? 0;
  }
}

const create: StrategyFactory = () => new SmoothWeightedRoundRobin();
export default create;
