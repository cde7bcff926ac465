/** The dead earn credit too, and are given it all when they are back. @fails changes: has the most credit */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class SmoothWeightedRoundRobin implements Strategy {
  #credit = new Map<Endpoint, number>();

  prepare(members: readonly Endpoint[]): void {
    const before = this.#credit;
    this.#credit = new Map(members.map((member) => [member, before.get(member) ?? 0]));
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    let total = 0;
    for (const [member, credit] of this.#credit) {
      this.#credit.set(member, credit + member.effectiveWeight);
      total += member.effectiveWeight;
    }
    let richest = candidates[0] as Endpoint;
    for (const candidate of candidates) {
      if (this.#of(candidate) > this.#of(richest)) richest = candidate;
    }
    this.#credit.set(richest, this.#of(richest) - total);
    return richest;
  }

  #of(endpoint: Endpoint): number {
    return this.#credit.get(endpoint) ?? 0;
  }
}

const create: StrategyFactory = () => new SmoothWeightedRoundRobin();
export default create;
