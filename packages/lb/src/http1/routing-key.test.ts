/** What requests have in common to go to one backend. */

import { expect, test } from 'vitest';
import type { RequestFacts } from '../stream.ts';
import { routingHash } from './routing-key.ts';

function facts(fields: Readonly<Record<string, string>> = {}): RequestFacts {
  return { method: 'GET', path: '/', host: 'a', field: (name) => fields[name] };
}

test('the addresses of one IPv6 /64 go to one backend, those of another need not', () => {
  const hash = (address: string): number => routingHash('ip', facts(), address);
  expect(hash('2001:db8:1:2:3:4:5:6')).toBe(hash('2001:db8:1:2::1'));
  expect(hash('2001:db8:1:2::1')).not.toBe(hash('2001:db8:1:3::1'));
  expect(hash('1.2.3.4')).not.toBe(hash('1.2.3.5'));
});

test('a request without the key is keyed by its client', () => {
  const source = { cookie: 'id' };
  const keyless = routingHash(source, facts({ cookie: 'other=1' }), '2001:db8::1');
  expect(keyless).toBe(routingHash('ip', facts(), '2001:db8::2'));
  expect(routingHash(source, facts({ cookie: 'a=b; id=7' }), '1.1.1.1')).toBe(
    routingHash(source, facts({ cookie: 'id=7; id=8' }), '2.2.2.2'),
  );
});
