/**
 * Session affinity as HTTP carries it: a cookie names the endpoint that a client's session is bound to.
 * What the cookie's value looks like is the business of whoever makes the service.
 */

import type { RequestFacts } from '../stream.ts';
import { cookieValues } from './routing-key.ts';

/** How the sessions of a service are bound. */
export interface Affinity {
  /** The cookie's name. */
  readonly cookie: string;
  /** The value that binds a session to the endpoint with this id. */
  sign(id: string): string;
  /** The id of the endpoint that a value binds to; undefined unless `sign` made it and it still holds. */
  verify(value: string): string | undefined;
}

/** The endpoint that a request's session is bound to; undefined for a new session. */
export function boundEndpoint(affinity: Affinity, facts: RequestFacts): string | undefined {
  // A client may send several cookies of one name, of other paths or domains (RFC 6265 section 5.4).
  for (const value of cookieValues(facts, affinity.cookie)) {
    const id = affinity.verify(value);
    if (id !== undefined) return id;
  }
  return undefined;
}

/** The response's field line that binds the session to an endpoint, until the browser is closed. */
export function sessionLine(affinity: Affinity, id: string): string {
  return `Set-Cookie: ${affinity.cookie}=${affinity.sign(id)}; Path=/; HttpOnly; SameSite=Lax\r\n`;
}
