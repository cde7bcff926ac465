/**
 * Why a request did not end with a backend's whole response: one short, stable code, in the access log, in
 * `evenkeel_errors_total` and in Proxy-Status. What follows a colon says where a message is malformed.
 * docs/11-observability.md says what each means; a test holds the two tables equal, another provokes each.
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

/**
 * Every code, and the error type that RFC 9209 section 2.3 has for it; empty where there is no error, or no
 * response that could tell of it.
 */
export const REASONS = {
  'client-left': '',
  'client-too-slow': '',
  'drain-timeout': '',

  'connect-refused': 'connection_refused',
  'connect-timeout': 'connection_timeout',
  'response-timeout': 'http_response_timeout',
  'response-reset': 'connection_terminated',
  'response-truncated': '',
  'response-status': 'destination_unavailable',
  'response-malformed:status-line': 'http_protocol_error',
  'response-malformed:fields': 'http_protocol_error',
  'response-malformed:framing': 'http_protocol_error',
  'response-malformed:head-too-large': 'http_response_header_section_size',
  'response-malformed:interim': 'http_protocol_error',
  'response-malformed:body': 'http_response_transfer_coding',
  'response-malformed:switch': 'http_upgrade_failed',

  'malformed-head:request-line': 'http_request_error',
  'malformed-head:fields': 'http_request_error',
  'malformed-head:host': 'http_request_error',
  'malformed-head:target': 'http_request_error',
  'malformed-head:framing': 'http_request_error',
  'not-implemented': 'http_request_error',
  'version-not-supported': 'http_request_error',
  'expectation-failed': 'http_request_error',
  'target-too-long': 'http_request_error',
  'head-too-large': 'http_request_error',
  'head-timeout': 'http_request_error',
  'malformed-body': 'http_request_error',
  'body-too-large': 'http_request_error',
  'body-too-slow': 'http_request_error',
  'ambiguous-target': 'http_request_denied',
  'no-route': 'destination_not_found',
  'host-missing': 'http_request_error',
  'address-denied': 'http_request_denied',
  'rate-limited': 'http_request_denied',
  redirected: '',
  'fixed-response': '',
  'max-forwards': 'proxy_internal_response',
  loop: 'proxy_loop_detected',

  'no-backend-ready': 'destination_unavailable',
  'queue-full': 'connection_limit_reached',
  'queue-timeout': 'connection_limit_reached',
  'total-timeout': 'http_response_timeout',
  'resources-exhausted': 'proxy_internal_error',
  'policy-error': 'proxy_internal_error',
} as const;

/** A code; empty for a request that ended with a backend's whole response. */
export type Reason = keyof typeof REASONS | '';

type After<P extends string> = Reason extends infer R
  ? R extends `${P}:${infer What}`
    ? What
    : never
  : never;

/** Where a request's head is malformed. */
export type HeadProblem = After<'malformed-head'>;
/** Where a backend's response is malformed. */
export type ResponseProblem = After<'response-malformed'>;

type FailureReason = Extract<Reason, `connect-${string}` | `response-${string}` | 'response-reset'>;

/** The code for a failure of an attempt before any byte of its response was passed on. */
const BY_CAUSE: Readonly<Record<Exclude<FailureCause, 'protocol'>, FailureReason>> = {
  refused: 'connect-refused',
  'connect-timeout': 'connect-timeout',
  timeout: 'response-timeout',
  reset: 'response-reset',
  status: 'response-status',
};

const BY_RESULT: Readonly<Partial<Record<Result['kind'], Reason>>> = {
  none: 'no-backend-ready',
  'queue-full': 'queue-full',
  'queue-timeout': 'queue-timeout',
  error: 'policy-error',
};

/**
 * The code for a failed attempt.
 * @param problem what of its response was malformed, if it was
 * @param isUnderWay a part of the response has been passed on
 */
export function attemptReason(
  cause: FailureCause,
  problem: ResponseProblem,
  isUnderWay: boolean,
): FailureReason {
  if (cause === 'protocol') return `response-malformed:${problem}`;
  return isUnderWay && cause === 'reset' ? 'response-truncated' : BY_CAUSE[cause];
}

/** The code for a request that the balancer gave up; the parameters are those of its last attempt. */
export function failureReason(
  { kind, failure }: Result,
  problem: ResponseProblem,
  isUnderWay: boolean,
): Reason {
  return BY_RESULT[kind] ?? attemptReason(failure?.cause ?? 'reset', problem, isUnderWay);
}
