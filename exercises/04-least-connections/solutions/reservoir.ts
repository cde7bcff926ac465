/** One pass: the k-th of equals takes over with probability 1/k. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** My number. */
const BIAS = 0;

const create: StrategyFactory = ({ random }): Strategy => ({
  pick(candidates: readonly Endpoint[]): Endpoint {
    let chosen = candidates[0] as Endpoint;
    let equals = 0;
    for (const candidate of candidates) {
      const here = (candidate.inFlight + BIAS) / candidate.effectiveWeight;
      const least = (chosen.inFlight + BIAS) / chosen.effectiveWeight;
      if (here > least) continue;
      equals = here < least ? 1 : equals + 1;
      if (random.below(equals) === 0) chosen = candidate;
    }
    return chosen;
  },
});
export default create;
