/**
 * The picker that looks at everybody: the least loaded candidate by any load metric, ties broken
 * fairly. Joins the shortest queue (Winston 1977: optimal for like servers and exponential service).
 *
 * Cost: O(n) loads per pick. Wrong with figures that are old or shared between many balancers: all
 * of them then run to the same endpoint at once (Mitzenmacher 2000); `powerOfTwo` does not.
 */

import type { Endpoint, StrategyFactory } from '../strategy.ts';
import { FairArgmin } from './argmin.ts';
import type { LoadFactory } from './loads.ts';
import { relay } from './relay.ts';

/**
 * Always the least loaded.
 * @param exploration share of picks, in [0, 1), made blindly: for metrics that learn only about
 *   endpoints that get traffic, and would never forgive a bad one
 */
export function leastLoaded(load: LoadFactory, exploration = 0): StrategyFactory {
  return (environment) => {
    const { random } = environment;
    const metric = load(environment);
    const least = new FairArgmin(random);
    return relay(metric, (candidates) => {
      if (exploration > 0 && random.next() < exploration) {
        return candidates[random.below(candidates.length)] as Endpoint;
      }
      return least.of(candidates, metric);
    });
  };
}
