/** A strategy of your own, the same for live traffic and for the simulator: pnpm exec node examples/own-strategy.ts [BACKEND…] */

import type { StrategyFactory } from '@evenkeel/core';
import { createLoadBalancer } from '@evenkeel/lb';

/** Of all backends the one with the fewest requests in flight for its weight; of equal ones any. */
const lightest: StrategyFactory = ({ random }) => ({
  pick(candidates) {
    const load = (i: number): number => {
      const endpoint = candidates[i];
      return endpoint === undefined ? Infinity : (endpoint.inFlight + 1) / endpoint.weight;
    };
    let best = random.below(candidates.length);
    for (let i = 0; i < candidates.length; i++) if (load(i) < load(best)) best = i;
    return candidates[best] as (typeof candidates)[number];
  },
});

const backends = process.argv.slice(2);
const balancer = createLoadBalancer(
  { listen: { port: 0 }, backends, strategy: 'lightest' },
  { strategies: { lightest } },
);
const { port } = await balancer.listen();
console.log(`listening on http://127.0.0.1:${port}`);
process.once('SIGTERM', () => balancer.close());
