/**
 * Which fields may never be passed on in a trailer section (RFC 9110 6.5.1): those that frame or
 * route a message, tell who sent it and how it came, authenticate, or change what its receiver does with it.
 */

import { foldedName } from './field-rules.ts';

const FORBIDDEN = new Set([
  'accept-encoding',
  'age',
  'authentication-info',
  'authorization',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'expect',
  'expires',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'location',
  'max-forwards',
  'pragma',
  'range',
  'retry-after',
  'set-cookie',
  'set-cookie2',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'vary',
  'via',
  'warning',
  'www-authenticate',
  'x-forwarded',
  'x-host',
]);

/** Beginnings of families that route, tell of the client or authenticate, standardised or common. */
const FORBIDDEN_FAMILY =
  /^(?:if|proxy|sec|x-(?:forwarded|original|real|rewrite|auth|http-method|method-override|api-key|access-token|csrf-token))(?:-|$)/;
/** `X-Client-IP`, `True-Client-IP`, `CF-Connecting-IP` and the like. */
const CLIENT_ADDRESS = /(?:^|-)(?:client|connecting)-ip$/;

/** @param name of a field, in any case */
export function mayBeTrailer(name: string): boolean {
  const folded = foldedName(name);
  return !(FORBIDDEN.has(folded) || FORBIDDEN_FAMILY.test(folded) || CLIENT_ADDRESS.test(folded));
}
