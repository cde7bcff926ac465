/**
 * What may be sent again. Two questions, kept apart: is it safe (RFC 9110, 9.2.2: a request that
 * may have reached a server is repeated only if it is idempotent), and is it wanted (the
 * configuration's `retries.on`).
 */

import type { Failed, FailureCause, RequestInfo } from '../strategy.ts';

/** The kinds of failure that a configuration names in `retries.on`. */
export type RetryOn = 'connect' | 'reset' | 'timeout' | 'status';

/** On by default: everything but an answer. */
export const RETRY_ON: readonly RetryOn[] = ['connect', 'reset', 'timeout'];

const KIND: Record<FailureCause, RetryOn> = {
  refused: 'connect',
  'connect-timeout': 'connect',
  reset: 'reset',
  protocol: 'reset',
  timeout: 'timeout',
  status: 'status',
};

/** The kind under which a failure is configured. */
export function retryKind(cause: FailureCause): RetryOn {
  return KIND[cause];
}

/** Repeating it can do no harm, and the driver still has all of it. */
export function isSafeToRepeat(failure: Failed, request: RequestInfo): boolean {
  return failure.replayable && (!failure.requestSent || request.idempotent);
}
