/**
 * Why a request did not end with a backend's whole response: one short, stable code, which the access log
 * shows. What follows a colon says where a message is malformed.
 */

import type { FailureCause, Result } from '@evenkeel/core';

/** How a request ended. */
export type RequestEnd =
  /** The client was sent a backend's response whole. */
  | 'complete'
  /** The client's connection ended before that. */
  | 'client-left'
  /** A backend failed: the client got an answer of ours, or a response that is cut off. */
  | 'backend-broke'
  /** We answered without a backend, or ended it by a limit of our own. */
  | 'refused';

/** The code for a failure of the last attempt before any byte of its response was passed on. */
const BY_CAUSE: Readonly<Record<FailureCause, string>> = {
  refused: 'connect-refused',
  'connect-timeout': 'connect-timeout',
  timeout: 'response-timeout',
  reset: 'response-reset',
  protocol: 'response-malformed',
  status: 'response-status',
};

const BY_RESULT: Readonly<Partial<Record<Result['kind'], string>>> = {
  none: 'no-backend-ready',
  'queue-full': 'queue-full',
  'queue-timeout': 'queue-timeout',
  error: 'policy-error',
};

/**
 * The code for a request that the balancer gave up.
 * @param problem what of the last response was malformed, if it was
 * @param isUnderWay a part of the response has been passed on
 */
export function failureReason(result: Result, problem: string, isUnderWay: boolean): string {
  const byResult = BY_RESULT[result.kind];
  if (byResult !== undefined) return byResult;
  const cause = result.failure?.cause ?? 'reset';
  if (cause === 'protocol') return `${BY_CAUSE.protocol}:${problem}`;
  return isUnderWay && cause === 'reset' ? 'response-truncated' : BY_CAUSE[cause];
}
