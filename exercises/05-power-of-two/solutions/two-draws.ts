/** Two draws, the second among the others. */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

const create: StrategyFactory = ({ random }): Strategy => ({
  pick(candidates: readonly Endpoint[]): Endpoint {
    const first = random.below(candidates.length);
    const one = candidates[first] as Endpoint;
    if (candidates.length === 1) return one;
    const second = random.below(candidates.length - 1);
    const other = candidates[second < first ? second : second + 1] as Endpoint;
    return other.inFlight < one.inFlight ? other : one;
  },
});
export default create;
