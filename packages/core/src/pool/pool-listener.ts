/** What a pool and the balancer that sends requests through it tell each other. */

import type { Outcome, RequestInfo } from '../strategy.ts';
import type { RunningAttempt } from './running-attempt.ts';

/** What a pool tells its balancer. */
export interface PoolListener<Request> {
  attemptEnded(attempt: RunningAttempt<Request>, outcome: Outcome): void;
  /** Another endpoint may be ready now. */
  readyChanged(): void;
}

/** What a pool reads of the request that its balancer keeps with an attempt. */
export type PoolRequest = Pick<RequestInfo, 'identity'>;
