/** Goes where answers come fastest, errors included. @fails sinkhole: % more than */

import type { Endpoint, Outcome, Strategy, StrategyFactory } from '@evenkeel/core';

const create: StrategyFactory = (): Strategy => {
  const means = new WeakMap<Endpoint, number>();
  const expected = (endpoint: Endpoint): number =>
    (means.get(endpoint) ?? 1) * (endpoint.inFlight + 1);
  return {
    pick(candidates: readonly Endpoint[]): Endpoint {
      return candidates.reduce((a, b) => (expected(b) < expected(a) ? b : a));
    },
    settled(endpoint: Endpoint, { latencyMs }: Outcome): void {
      const mean = means.get(endpoint) ?? latencyMs;
      means.set(endpoint, mean + 0.1 * (latencyMs - mean));
    },
  };
};
export default create;
