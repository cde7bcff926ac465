/**
 * Least response time: the endpoint with the least mean time to first byte × (in flight + 1).
 *
 * Looks at all, where peak-ewma looks at two, and keeps a plain mean. A mean is only heard of while
 * there is traffic, so a share of the picks (`explore`) is made blindly: without it an endpoint
 * with one unlucky start would never be asked again.
 *
 * Cost: O(n). Wrong for short-lived slowness, to which a mean is slow, and with many balancers, which
 * all run to the same favourite.
 * Source: nginx Plus `least_time header`; Citrix ADC `least response time`.
 */

import type { StrategyEntry } from './entry.ts';
import { responseTime } from './latency-loads.ts';
import { leastLoaded } from './least-loaded.ts';
import { number, parseOptions } from './options.ts';

const OPTIONS = { explore: number(0.05, 0, 1) };

export const leastResponseTimeEntry: StrategyEntry = {
  name: 'least-response-time',
  about: 'the least mean response time × load; for endpoints of lasting, unknown differences',
  create: (raw = {}) => {
    const { explore } = parseOptions('least-response-time', raw, OPTIONS);
    return leastLoaded(responseTime, explore);
  },
};
