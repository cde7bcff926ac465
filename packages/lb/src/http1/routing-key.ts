/** The routing key of a request, hashed: what sends one client, header or cookie to one backend. */

import { hash32, type KeySource } from '@evenkeel/core';
import { networkOf } from '../listener/peer-address.ts';
import type { RequestFacts } from '../stream.ts';

/**
 * The hash of the key that `source` names. A request without the header or cookie is keyed by its
 * client's address (IPv6: its /64), so that such requests do not all meet at one backend.
 */
export function routingHash(source: KeySource, facts: RequestFacts, clientAddress: string): number {
  return hash32(keyIn(source, facts) ?? networkOf(clientAddress));
}

/** The header or cookie that a request is keyed by; undefined where it has none, or its address is the key. */
export function keyIn(source: KeySource, facts: RequestFacts): string | undefined {
  if (source === 'ip') return undefined;
  if ('header' in source) return facts.field(source.header.toLowerCase());
  return cookieValues(facts, source.cookie)[0];
}

/** Cookies beyond this many of one name are not looked at. */
const COOKIES_MAX = 8;

/** The values of the cookies with that name, in the order in which they came. */
export function cookieValues(facts: RequestFacts, name: string): readonly string[] {
  const values: string[] = [];
  for (const pair of (facts.field('cookie') ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) {
      values.push(pair.slice(equals + 1).trim());
      if (values.length === COOKIES_MAX) break;
    }
  }
  return values;
}
