/**
 * Who may use the admin API. A token, where one is configured, is the rule. Without one the API
 * listens on a loopback address only, and then the danger is a web page open on the same
 * machine: such a page can send requests here (cross-site request forgery), and can even read the answers by
 * a name of its own that points to 127.0.0.1 (DNS rebinding). Browsers tell both: by Origin and Host.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { RequestError } from './answer.ts';

/** @throws {RequestError} 401 or 403 if the request may not be served */
export function checkAccess(request: IncomingMessage, token: string | undefined): void {
  const { host = '', origin, authorization = '' } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new RequestError(403, 'requests of other origins are not served');
  }
  if (token === undefined) {
    if (isOwnName(host)) return;
    throw new RequestError(403, 'without a token, only localhost or an IP address may be the host');
  }
  const [scheme = '', credentials = ''] = authorization.split(' ', 2);
  if (scheme.toLowerCase() !== 'bearer' || !isEqual(credentials, token)) {
    throw new RequestError(401, 'a Bearer token is needed');
  }
}

function isOwnName(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === '' || name.toLowerCase() === 'localhost' || isIP(name) !== 0;
}

/** In a time that does not tell how much of it was right. */
function isEqual(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
