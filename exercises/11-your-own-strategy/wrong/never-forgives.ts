/** Goes to the one with the best average so far, whatever runs there, and never looks back. @fails heavy-tail: % more than */

import type { Endpoint, Outcome, Strategy, StrategyFactory } from '@evenkeel/core';

const create: StrategyFactory = (): Strategy => {
  const means = new WeakMap<Endpoint, number>();
  return {
    pick(candidates: readonly Endpoint[]): Endpoint {
      return candidates.reduce((a, b) => ((means.get(b) ?? 0) < (means.get(a) ?? 0) ? b : a));
    },
    settled(endpoint: Endpoint, { latencyMs }: Outcome): void {
      means.set(endpoint, (means.get(endpoint) ?? latencyMs) * 0.5 + latencyMs * 0.5);
    },
  };
};
export default create;
