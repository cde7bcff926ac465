/**
 * Exercise 01: round robin. Every endpoint in its turn.
 *
 * `pick` is called once for each request. `candidates` are the endpoints that may get it; there is always at
 * least one, and the list may have changed since the last call. The first turn is that of number FIRST.
 */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

/** Your own number, if you have one: `pnpm learn` shows it. */
const FIRST = 0;

class RoundRobin implements Strategy {
  pick(candidates: readonly Endpoint[]): Endpoint {
    return candidates[FIRST % candidates.length] as Endpoint;
  }
}

const create: StrategyFactory = () => new RoundRobin();
export default create;
