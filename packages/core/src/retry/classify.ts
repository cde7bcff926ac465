/**
 * What may be sent again. Two questions, kept apart: is it safe (RFC 9110, 9.2.2: a request that
 * may have reached a server is repeated only if it is idempotent), and is it wanted (the
 * configuration's `retries.on`).
 */

import type { Failed, FailureCause, RequestInfo } from '../strategy.ts';

/** The kinds of failure that a configuration names in `retries.on`. */
export type RetryOn = 'connect' | 'reset' | 'timeout' | 'status';

/**
 * On by default. Not timeouts: a request that is slow because of what it asks for would occupy one backend
 * after another for the whole time.
 */
export const RETRY_ON: readonly RetryOn[] = ['connect', 'reset'];

/** Answers that are tried again where `on` names `status`. */
export const RETRY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

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
