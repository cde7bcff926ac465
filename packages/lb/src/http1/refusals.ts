/** Answers of our own that no backend caused: the status for the client and the reason for the log. */

import type { Result } from '@evenkeel/core';
import type { HeadProblem, Reason, RequestEnd } from '../reasons.ts';
import {
  BAD_REQUEST,
  CLIENT_CLOSED_REQUEST,
  CONTENT_TOO_LARGE,
  FORBIDDEN,
  GATEWAY_TIMEOUT,
  LOOP_DETECTED,
  METHOD_NOT_ALLOWED,
  REQUEST_TIMEOUT,
  SERVICE_UNAVAILABLE,
} from './failures.ts';

/** Why a request is answered by us, and how. */
export interface Refusal {
  readonly status: number;
  readonly reason: Exclude<Reason, ''>;
  /** What the answer holds beside that which its status says. */
  readonly answer?: Answer;
}

/** The content of an answer of our own. */
export interface Answer {
  /** Field lines, each with its line end. */
  readonly lines?: string;
  /** One character per byte; default: the status in words. */
  readonly body?: string;
  readonly contentType?: string;
}

function refusal(status: number, reason: Refusal['reason']): Refusal {
  return Object.freeze({ status, reason });
}

/** Nothing is sent: the client's connection is gone, or is ended now. */
export const CLIENT_LEFT: Refusal = refusal(CLIENT_CLOSED_REQUEST, 'client-left');
/** The time for draining is over. */
export const DRAIN_TIMEOUT: Refusal = refusal(CLIENT_CLOSED_REQUEST, 'drain-timeout');
/** The client does not take its response. */
export const RESPONSE_NOT_TAKEN: Refusal = refusal(CLIENT_CLOSED_REQUEST, 'client-too-slow');

export const HEAD_TIMEOUT: Refusal = refusal(REQUEST_TIMEOUT, 'head-timeout');
export const BODY_TOO_SLOW: Refusal = refusal(REQUEST_TIMEOUT, 'body-too-slow');
export const TOTAL_TIMEOUT: Refusal = refusal(GATEWAY_TIMEOUT, 'total-timeout');
export const BODY_TOO_LARGE: Refusal = refusal(CONTENT_TOO_LARGE, 'body-too-large');
export const MALFORMED_BODY: Refusal = refusal(BAD_REQUEST, 'malformed-body');
export const LOOP: Refusal = refusal(LOOP_DETECTED, 'loop');
export const NO_ROUTE: Refusal = refusal(404, 'no-route');
export const AMBIGUOUS_TARGET: Refusal = refusal(BAD_REQUEST, 'ambiguous-target');
/** By the route's `allow` and `deny`. */
export const ADDRESS_DENIED: Refusal = refusal(FORBIDDEN, 'address-denied');
/** HTTP/1.0 without Host: there is no place to be redirected to. */
export const HOST_MISSING: Refusal = refusal(BAD_REQUEST, 'host-missing');
/** Max-Forwards is 0: the request ends here (RFC 9110 section 7.6.2). */
export const LAST_HOP_OPTIONS: Refusal = refusal(200, 'max-forwards');
export const LAST_HOP_TRACE: Refusal = refusal(METHOD_NOT_ALLOWED, 'max-forwards');
/** We lack file descriptors, ports or memory. */
export const EXHAUSTED: Refusal = refusal(SERVICE_UNAVAILABLE, 'resources-exhausted');

const HEAD_REASONS: Readonly<Record<number, Refusal['reason']>> = {
  414: 'target-too-long',
  417: 'expectation-failed',
  431: 'head-too-large',
  501: 'not-implemented',
  505: 'version-not-supported',
};

/** How a request ended that has no whole response of a backend. */
export function endOf(refusal: Refusal | undefined, result: Result): RequestEnd {
  if (refusal !== undefined) return refusal === CLIENT_LEFT ? 'client-left' : 'refused';
  return result.kind === 'failed' ? 'backend-broke' : 'refused';
}

/** For a head that is refused with `status`; `problem` says where it is malformed. */
export function headRefusal(status: number, problem: HeadProblem): Refusal {
  return { status, reason: HEAD_REASONS[status] ?? `malformed-head:${problem}` };
}
