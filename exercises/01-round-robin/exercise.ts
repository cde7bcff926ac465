/**
 * Exercise 01: round robin. Every endpoint in its turn.
 *
 * `pick` is called once for each request. `candidates` are the endpoints that may get it; there is always at
 * least one, and the list may have changed since the last call.
 */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class RoundRobin implements Strategy {
  pick(candidates: readonly Endpoint[]): Endpoint {
    return candidates[0] as Endpoint;
  }
}

const create: StrategyFactory = () => new RoundRobin();
export default create;
