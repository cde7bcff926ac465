/**
 * Which fields may never be passed on in a trailer section (RFC 9110 6.5.1): those that frame or
 * route a message, tell who sent it and how it came, authenticate, or change what its receiver does with it.
 */

const FORBIDDEN = new Set([
  'accept-encoding',
  'age',
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
  'keep-alive',
  'location',
  'max-forwards',
  'pragma',
  'range',
  'retry-after',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'vary',
  'via',
  'warning',
  'www-authenticate',
]);

/** @param name of a field, in any case */
export function mayBeTrailer(name: string): boolean {
  // Servers that make variables of fields fold every character but letters and digits into one.
  const folded = name.toLowerCase().replace(/[^a-z0-9]/g, '-');
  const isForbidden = FORBIDDEN.has(folded) || /^(?:x-forwarded|x-real|proxy|if|sec)-/.test(folded);
  return !isForbidden;
}
