/** The picked one pays its own weight, not the sum. @fails smooth: has the most credit */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class SmoothWeightedRoundRobin implements Strategy {
  #credit = new Map<Endpoint, number>();

  prepare(members: readonly Endpoint[]): void {
    const before = this.#credit;
    this.#credit = new Map(members.map((member) => [member, before.get(member) ?? 0]));
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    const credit = this.#credit;
    let richest = candidates[0] as Endpoint;
    let _total = 0;
    for (const candidate of candidates) {
      const present = (credit.get(candidate) ?? 0) + candidate.effectiveWeight;
      credit.set(candidate, present);
      _total += candidate.effectiveWeight;
      const most = credit.get(richest) ?? 0;
      if (present > most) richest = candidate;
    }
    credit.set(richest, (credit.get(richest) ?? 0) - richest.effectiveWeight);
    return richest;
  }
}

const create: StrategyFactory = () => new SmoothWeightedRoundRobin();
export default create;
