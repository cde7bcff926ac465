/**
 * Session affinity as HTTP carries it: a cookie names the endpoint that a client's session is bound to.
 * What the cookie's value looks like is decided where the service is made.
 */

import type { RequestFacts } from '../stream.ts';
import type { Peer } from './client-identity.ts';
import { cookieValues } from './routing-key.ts';

/** What shared caches may keep. */
const SHARED = /(?:^|[\s,])(?:public|s-maxage)(?:$|[\s,;=])/i;
const FORWARDED_PROTO = /(?:^|[\s,;])proto="?([a-z]+)/i;

/** The part of a response that decides whether it may bind. */
export interface ResponseFacts {
  readonly status: number;
  /** @param name in lower case */
  field(name: string): string | undefined;
}

/** How the sessions of a service are bound. */
export interface Affinity {
  /** The cookie's name. */
  readonly cookie: string;
  /** What follows its value, but for Secure: `; Path=/…`. */
  readonly attributes: string;
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

/**
 * The response's field line that binds a session to an endpoint; empty where a cache could give it to others: a
 * response that shared caches may keep (RFC 9111 section 5.2.2), or one that renews what is kept (304).
 */
export function sessionLine(
  affinity: Affinity,
  id: string,
  isSecure: boolean,
  response: ResponseFacts,
): string {
  if (response.status === 304 || SHARED.test(response.field('cache-control') ?? '')) return '';
  const secure = isSecure ? '; Secure' : '';
  return `Set-Cookie: ${affinity.cookie}=${affinity.sign(id)}${affinity.attributes}${secure}\r\n`;
}

/** Whether the client spoke https, as a trusted proxy tells it. */
export function wasSecure(facts: RequestFacts, peer: Pick<Peer, 'trusted'>): boolean {
  if (!peer.trusted) return false;
  const proto =
    facts.field('x-forwarded-proto') ?? FORWARDED_PROTO.exec(facts.field('forwarded') ?? '')?.[1];
  return /^\s*https\s*(,|$)/i.test(proto ?? '');
}
