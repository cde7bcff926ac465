/**
 * The one table from what went wrong to what the client is told. Bodies are short plain text and
 * name nothing of what lies behind the balancer.
 */

import { STATUS_CODES } from 'node:http';
import type { FailureCause, Result } from '@evenkeel/core';

const NO_CONTENT = 204;
export const BAD_REQUEST = 400;
export const FORBIDDEN = 403;
export const METHOD_NOT_ALLOWED = 405;
export const REQUEST_TIMEOUT = 408;
export const CONTENT_TOO_LARGE = 413;
export const TOO_MANY_REQUESTS = 429;
/** Only ever logged: the client left. */
export const CLIENT_CLOSED_REQUEST = 499;
export const INTERNAL_SERVER_ERROR = 500;
export const BAD_GATEWAY = 502;
export const SERVICE_UNAVAILABLE = 503;
export const GATEWAY_TIMEOUT = 504;
export const LOOP_DETECTED = 508;

const RETRY_AFTER_SECONDS = 1;

const BY_CAUSE: Readonly<Record<FailureCause, number>> = {
  refused: BAD_GATEWAY,
  'connect-timeout': GATEWAY_TIMEOUT,
  timeout: GATEWAY_TIMEOUT,
  reset: BAD_GATEWAY,
  protocol: BAD_GATEWAY,
  status: BAD_GATEWAY,
};

/** The status for a request that ended without a response from a backend. */
export function statusOf(result: Result): number {
  const { kind, failure } = result;
  if (kind === 'error') return INTERNAL_SERVER_ERROR;
  if (failure === undefined) return SERVICE_UNAVAILABLE;
  return failure.status ?? BY_CAUSE[failure.cause];
}

/** How an own response is to be written. */
export interface OwnResponse {
  readonly status: number;
  /** It answers HEAD: no body. */
  readonly toHead: boolean;
  /** The whole Connection line, or empty. */
  readonly connectionLine: string;
  readonly dateLine: string;
  /** Further field lines, or empty. */
  readonly lines?: string;
  /** The route leaves Content-Type out, or has a line of its own for it. */
  readonly omitsType?: boolean | undefined;
  /** One character per byte; default: the status in words. */
  readonly body?: string | undefined;
  /** The lines of Content-Type and the like, in place of those that go with the status. */
  readonly contentType?: string | undefined;
}

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** A complete response of our own. */
export function ownResponse(own: OwnResponse): { head: string; body: string } {
  const { status, lines = '' } = own;
  const reason = STATUS_CODES[status] ?? 'Error';
  const body = own.body ?? (status < 300 ? '' : `${status} ${reason}\n`);
  const retry = status === SERVICE_UNAVAILABLE ? `Retry-After: ${RETRY_AFTER_SECONDS}\r\n` : '';
  const allow =
    status === METHOD_NOT_ALLOWED ? 'Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS\r\n' : '';
  const type = own.omitsType === true ? '' : `Content-Type: ${own.contentType ?? PLAIN_TEXT}\r\n`;
  // A 204 has no length (RFC 9110 section 8.6).
  const content = status === NO_CONTENT ? '' : `${type}Content-Length: ${body.length}\r\n`;
  const head =
    `HTTP/1.1 ${status} ${reason}\r\n${own.dateLine}${content}${retry}${allow}${lines}` +
    `${own.connectionLine}\r\n`;
  return { head, body: own.toHead ? '' : body };
}
