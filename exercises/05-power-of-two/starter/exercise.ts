/**
 * Exercise 05: the power of two choices. Draw two different candidates, take the one with fewer requests
 * running. Predict first what that is worth: predictions.yaml.
 */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

const create: StrategyFactory = ({ random }): Strategy => ({
  pick(candidates: readonly Endpoint[]): Endpoint {
    const one = candidates[random.below(candidates.length)] as Endpoint;
    const other = candidates[random.below(candidates.length)] as Endpoint;
    return other.inFlight < one.inFlight ? other : one;
  },
});
export default create;
