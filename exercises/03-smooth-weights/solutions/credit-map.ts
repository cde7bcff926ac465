/** Credit by endpoint in a map that holds none that has left. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** My rule for ties. */
const TIES_TO_LAST = false;

class SmoothWeightedRoundRobin implements Strategy {
  /** Weak: what leaves is forgotten, and a newcomer is another object, whatever its slot. */
  readonly #credit = new WeakMap<Endpoint, number>();

  pick(candidates: readonly Endpoint[]): Endpoint {
    const credit = this.#credit;
    let richest = candidates[0] as Endpoint;
    let total = 0;
    for (const candidate of candidates) {
      const present = (credit.get(candidate) ?? 0) + candidate.effectiveWeight;
      credit.set(candidate, present);
      total += candidate.effectiveWeight;
      const most = credit.get(richest) ?? 0;
      if (present > most || (TIES_TO_LAST && present === most)) richest = candidate;
    }
    credit.set(richest, (credit.get(richest) ?? 0) - total);
    return richest;
  }
}

const create: StrategyFactory = () => new SmoothWeightedRoundRobin();
export default create;
