/** The least expected time: latency seen so far times what is running, and failures count as very slow answers. */

import type { Endpoint, Outcome, Strategy, StrategyFactory } from '@evenkeel/core';

const WEIGHT_OF_NEW = 0.1;
const FAILURE_MS = 2_000;
const UNKNOWN_MS = 1;
const FORGIVE_MS = 5_000;

interface Conduct {
  meanMs: number;
  atMs: number;
}

const create: StrategyFactory = ({ clock, random }): Strategy => {
  const conducts = new WeakMap<Endpoint, Conduct>();

  function learn(endpoint: Endpoint, ms: number): void {
    const nowMs = clock.now();
    const before = conducts.get(endpoint);
    if (before === undefined) conducts.set(endpoint, { meanMs: ms, atMs: nowMs });
    else {
      before.meanMs += WEIGHT_OF_NEW * (ms - before.meanMs);
      before.atMs = nowMs;
    }
  }

  /** What has not been heard of for long is forgiven by degrees, so that nothing starves. */
  function expectedMs(endpoint: Endpoint): number {
    const conduct = conducts.get(endpoint);
    if (conduct === undefined) return UNKNOWN_MS;
    const silence = (clock.now() - conduct.atMs) / FORGIVE_MS;
    return (conduct.meanMs / (1 + silence)) * (endpoint.inFlight + 1);
  }

  return {
    pick(candidates: readonly Endpoint[]): Endpoint {
      let best = candidates[random.below(candidates.length)] as Endpoint;
      let least = expectedMs(best);
      for (const candidate of candidates) {
        const here = expectedMs(candidate);
        if (here >= least) continue;
        least = here;
        best = candidate;
      }
      return best;
    },
    settled(endpoint: Endpoint, outcome: Outcome): void {
      learn(endpoint, outcome.kind === 'failed' ? FAILURE_MS : outcome.latencyMs);
    },
  };
};
export default create;
