/** Never looks at the last. @fails least: with load [\d.]+, while */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

class LeastConnections implements Strategy {
  pick(candidates: readonly Endpoint[]): Endpoint {
    let chosen = candidates[0] as Endpoint;
    let least = Number.POSITIVE_INFINITY;
    for (const candidate of candidates.slice(0, Math.max(1, candidates.length - 1))) {
      const load = candidate.inFlight / candidate.weight;
      if (load < least) {
        least = load;
        chosen = candidate;
      }
    }
    return chosen;
  }
}

const create: StrategyFactory = () => new LeastConnections();
export default create;
