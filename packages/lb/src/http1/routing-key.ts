/** The routing key of a request, hashed: what sends one client, header or cookie to one backend. */

import { hash32, type KeySource } from '@evenkeel/core';
import { tokenEquals } from './byte-classes.ts';
import { latin1 } from './head.ts';
import type { RequestHead } from './request-head.ts';

/**
 * The hash of the key that `source` names. A request without the header or cookie is keyed by its
 * client's address, so that such requests do not all meet at one backend.
 */
export function routingHash(source: KeySource, head: RequestHead, clientAddress: string): number {
  if (source === 'ip') return hash32(clientAddress);
  const key =
    'header' in source ? headerValue(head, source.header) : cookieValue(head, source.cookie);
  return hash32(key ?? clientAddress);
}

function headerValue(head: RequestHead, name: string): string | undefined {
  const { fields } = head;
  const wanted = name.toLowerCase();
  for (let i = 0; i < fields.count; i++) {
    const from = fields.nameStart[i] as number;
    if (tokenEquals(fields.bytes, from, fields.nameEnd[i] as number, wanted))
      return fields.value(i);
  }
  return undefined;
}

/** The value of the first cookie with that name. */
export function cookieValue(head: RequestHead, name: string): string | undefined {
  const { fields } = head;
  for (let i = 0; i < fields.count; i++) {
    const from = fields.nameStart[i] as number;
    if (!tokenEquals(fields.bytes, from, fields.nameEnd[i] as number, 'cookie')) continue;
    const text = latin1(fields.bytes, fields.valueStart[i] as number, fields.valueEnd[i] as number);
    for (const pair of text.split(';')) {
      const equals = pair.indexOf('=');
      if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
    }
  }
  return undefined;
}
