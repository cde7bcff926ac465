/** Draws from Math.random. @fails repeatable: pick \d+ was */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class RoundRobin implements Strategy {
  pick(candidates: readonly Endpoint[]): Endpoint {
    return candidates[Math.floor(Math.random() * candidates.length)] as Endpoint;
  }
}

const create: StrategyFactory = () => new RoundRobin();
export default create;
