/**
 * Exercise 04: least connections. The endpoint with the smallest load, (inFlight + BIAS) / weight; among equals by
 * chance, drawn from `random`.
 *
 * `endpoint.inFlight` is the number of requests running there now, `endpoint.weight` its share.
 */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** Your own number, if you have one: `pnpm learn` shows it. */
const BIAS = 0;

function load({ inFlight, weight }: Endpoint): number {
  return (inFlight + BIAS) / weight;
}

const create: StrategyFactory = ({ random }): Strategy => ({
  pick(candidates: readonly Endpoint[]): Endpoint {
    const first = candidates[0] as Endpoint;
    const another = candidates[random.below(candidates.length)] as Endpoint;
    return load(another) <= load(first) ? another : first;
  },
});
export default create;
