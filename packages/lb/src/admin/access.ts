/**
 * Which requests the admin API serves. Where a token is configured it decides alone: no web page can send
 * it unasked, so that neither Origin nor Host matters, whatever a TLS proxy in front makes of them.
 * Without a token the API listens on a loopback address only, and refuses what web pages send there.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { foreignRequest } from '@evenkeel/config';
import { RequestError } from './answer.ts';

/** @throws {RequestError} 401 or 403 if the request may not be served */
export function checkAccess({ headers }: IncomingMessage, token: string | undefined): void {
  const { host, origin, authorization = '' } = headers;
  if (token === undefined) {
    const why = foreignRequest({ host, origin });
    if (why !== undefined) throw new RequestError(403, why);
    return;
  }
  const [scheme = '', credentials = ''] = authorization.split(' ', 2);
  if (scheme.toLowerCase() !== 'bearer' || !isEqual(credentials, token)) {
    throw new RequestError(401, 'a Bearer token is needed');
  }
}

/** In a time that does not tell how much of it was right. */
function isEqual(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
