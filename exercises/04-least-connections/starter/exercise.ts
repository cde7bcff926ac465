/**
 * Exercise 04: least connections. The endpoint with the fewest requests running per unit of weight; among
 * equals by chance, drawn from `random`.
 *
 * `endpoint.inFlight` is the number of requests running there now, `endpoint.weight` its share.
 */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

const create: StrategyFactory = ({ random }): Strategy => ({
  pick(candidates: readonly Endpoint[]): Endpoint {
    return candidates[random.below(candidates.length)] as Endpoint;
  },
});
export default create;
