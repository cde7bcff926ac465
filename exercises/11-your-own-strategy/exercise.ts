/**
 * Exercise 11: your own strategy. Beat the power of two choices on scenarios that you have not seen.
 *
 * The starter is the baseline: it gets the base score, 6 of 10. Learn from `firstByte` and `settled` what
 * the endpoints are like.
 */

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
