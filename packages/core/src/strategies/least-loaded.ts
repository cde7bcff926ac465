/**
 * The picker that looks at all candidates: the least loaded candidate by any load metric, ties
 * broken fairly. Joins the shortest queue (Winston 1977: optimal for like servers and exponential
 * service).
 *
 * Cost: O(n) loads per pick. Wrong with figures that are old or shared between many balancers: all
 * of them then run to the same endpoint at once (Mitzenmacher 2000); `powerOfTwo` does not.
 */

import type { StrategyFactory } from '../strategy.ts';
import { FairArgmin } from './argmin.ts';
import type { LoadFactory } from './loads.ts';
import { relay } from './relay.ts';

/** Always the least loaded by any load metric. */
export function leastLoaded(load: LoadFactory): StrategyFactory {
  return (environment) => {
    const metric = load(environment);
    const least = new FairArgmin(environment.random);
    return relay(metric, (candidates) => least.of(candidates, metric));
  };
}
