/**
 * The value of a session cookie: HMAC-SHA256 over a backend's id, cut to 16 bytes (RFC 2104 section 5 allows
 * half), in base64url. Without the secret no value can be made, and none
 * shows a backend's id or address; it is read by comparison with the values of the present backends.
 *
 * A value has no date, so it holds as long as its backend.
 */

import { createHmac } from 'node:crypto';
import type { AffinityConfig } from './config/types.ts';
import type { Affinity } from './http1/affinity.ts';

const MAC_BYTES = 16;

/** What a cookie asks of the service whose sessions it binds. */
export interface Sessions {
  /** The backends; the array is another one whenever they have changed. */
  readonly members: readonly { readonly id: string }[];
  /** Whether a session that is bound to this backend may stay there. */
  keepsSessions(id: string): boolean;
}

/** Binds sessions to backends by a signed cookie. */
export class SessionCookie implements Affinity {
  readonly cookie: string;
  readonly attributes: string;
  readonly #secret: string | Buffer;
  readonly #sessions: Sessions;
  /** The members for which values are known. */
  #known: Sessions['members'] = [];
  #valueById: ReadonlyMap<string, string> = new Map();
  #idByValue: ReadonlyMap<string, string> = new Map();

  /** @param secret signs where the configuration gives none */
  constructor(config: AffinityConfig, secret: string | Buffer, sessions: Sessions) {
    this.cookie = config.cookie;
    this.attributes = attributesOf(config);
    this.#secret = config.secret ?? secret;
    this.#sessions = sessions;
  }

  sign(id: string): string {
    this.#learn();
    return this.#valueById.get(id) ?? this.#valueOf(id);
  }

  verify(value: string): string | undefined {
    this.#learn();
    const id = this.#idByValue.get(value);
    return id !== undefined && this.#sessions.keepsSessions(id) ? id : undefined;
  }

  /** A MAC costs microseconds: each backend's is made once. */
  #learn(): void {
    const { members } = this.#sessions;
    if (members === this.#known) return;
    const before = this.#valueById;
    const values = members.map(({ id }) => [id, before.get(id) ?? this.#valueOf(id)] as const);
    this.#valueById = new Map(values);
    this.#idByValue = new Map(values.map(([id, value]) => [value, id]));
    this.#known = members;
  }

  #valueOf(id: string): string {
    const mac = createHmac('sha256', this.#secret).update(id).digest();
    return mac.subarray(0, MAC_BYTES).toString('base64url');
  }
}

const SAME_SITE = { lax: 'Lax', strict: 'Strict', none: 'None' } as const;

function attributesOf({ sameSite = 'lax', maxAgeMs, domain }: AffinityConfig): string {
  const maxAge = maxAgeMs === undefined ? '' : `; Max-Age=${Math.floor(maxAgeMs / 1000)}`;
  const below = domain === undefined ? '' : `; Domain=${domain}`;
  return `; Path=/; HttpOnly; SameSite=${SAME_SITE[sameSite]}${maxAge}${below}`;
}
