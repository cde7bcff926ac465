/**
 * The value of a session cookie: `<id>.<MAC>`, both base64url, the MAC being HMAC-SHA256 over the id,
 * cut to 16 bytes (RFC 2104 section 5 allows half). Signed, because otherwise any client could choose
 * its backend and learn which there are.
 *
 * The id is not hidden: clients may read it. A value has no date, so it holds as long as its backend.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Affinity } from './http1/affinity.ts';

/** The longest id has 128 characters, which makes a value of 194. */
const VALUE_LENGTH_MAX = 194;
const MAC_BYTES = 16;
/** A MAC costs microseconds, so the values of this many backends are remembered. */
const REMEMBERED_MAX = 1_000;

/** Binds sessions to backends by a signed cookie. */
export class SessionCookie implements Affinity {
  readonly cookie: string;
  readonly #secret: string | Buffer;
  readonly #holds: (id: string) => boolean;
  readonly #valueById = new Map<string, string>();

  /** @param holds whether a session that is bound to this backend may stay there */
  constructor(cookie: string, secret: string | Buffer, holds: (id: string) => boolean) {
    this.cookie = cookie;
    this.#secret = secret;
    this.#holds = holds;
  }

  sign(id: string): string {
    const known = this.#valueById.get(id);
    if (known !== undefined) return known;
    const value = this.#valueFor(id);
    if (this.#valueById.size >= REMEMBERED_MAX) this.#valueById.clear();
    this.#valueById.set(id, value);
    return value;
  }

  verify(value: string): string | undefined {
    const dot = value.indexOf('.');
    if (value.length > VALUE_LENGTH_MAX || dot < 1) return undefined;
    const id = Buffer.from(value.slice(0, dot), 'base64url').toString();
    // What clients claim is not remembered; what `sign` made is.
    const expected = Buffer.from(this.#valueById.get(id) ?? this.#valueFor(id));
    const given = Buffer.from(value, 'latin1');
    const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
    return isOurs && this.#holds(id) ? id : undefined;
  }

  #valueFor(id: string): string {
    const mac = createHmac('sha256', this.#secret).update(id).digest().subarray(0, MAC_BYTES);
    return `${Buffer.from(id).toString('base64url')}.${mac.toString('base64url')}`;
  }
}
