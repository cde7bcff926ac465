/** Which URLs of sources are read, and what is said of the others. */

import { expect, test } from 'vitest';
import { check } from './check.ts';
import { discoveryKey, parseDiscoveryUrl } from './discovery.ts';

test.each([
  ['dns://web.internal:8080', { kind: 'dns', name: 'web.internal', port: 8080 }],
  ['DNS://web:80/', { kind: 'dns', name: 'web', port: 80 }],
  [
    'dns://web.:80?server=127.0.0.1:5353',
    { kind: 'dns', name: 'web.', port: 80, server: { host: '127.0.0.1', port: 5353 } },
  ],
  [
    'dns+srv://_http._tcp.web.internal?server=[::1]:5353',
    { kind: 'srv', name: '_http._tcp.web.internal', server: { host: '::1', port: 5353 } },
  ],
  [
    'dns+srv://_http._tcp.web?server=10.0.0.2',
    { kind: 'srv', name: '_http._tcp.web', server: { host: '10.0.0.2', port: 53 } },
  ],
  [
    'dns://a:1?server=[fd00::1]',
    { kind: 'dns', name: 'a', port: 1, server: { host: 'fd00::1', port: 53 } },
  ],
  ['file:///etc/backends%20of.yaml', { kind: 'file', path: '/etc/backends of.yaml' }],
])('%s', (url, target) => {
  expect(parseDiscoveryUrl(url)).toEqual(target);
});

test.each([
  ['http://web:80', 'the address of a backend belongs to backends'],
  ['dns://web', 'the port is missing'],
  ['dns://web:0', 'the port must be 1 to 65535'],
  ['dns://web:99999', 'the port must be 1 to 65535'],
  ['dns://10.0.0.1:80', 'an address needs no look-up: it belongs to backends'],
  ['dns://we b:80', 'it holds no name that the DNS can have'],
  ['dns://a..b:80', 'it holds no name that the DNS can have'],
  [`dns://${'a'.repeat(64)}:80`, 'it holds no name that the DNS can have'],
  [`dns://${'a.'.repeat(127)}:80`, 'it holds no name that the DNS can have'],
  ['dns://user@web:80', 'it holds no name that the DNS can have'],
  ['dns://web:80?server=name:53', 'all that may follow is ?server=IP:PORT'],
  ['dns://web:80?server=10.0.0.1:0', 'all that may follow is ?server=IP:PORT'],
  ['dns://web:80?timeout=3', 'all that may follow is ?server=IP:PORT'],
  ['dns+srv://_http._tcp.web:80', 'SRV records bring their own ports'],
  ['file://host/path', 'the path must be absolute: file:///path'],
  ['file:///a?b', 'a query or fragment has no meaning for a file'],
  ['file:///%zz', 'its % signs are not properly encoded'],
])('%s is refused: %s', (url, reason) => {
  expect(parseDiscoveryUrl(url)).toEqual({ reason });
});

test('what is no source at all is told what one looks like', () => {
  for (const url of [
    '',
    'web',
    'consul://web',
    'dns:/web:80',
    'dns://',
    'dns://web:80/path',
    'file:///a/',
  ]) {
    expect(parseDiscoveryUrl(url)).toEqual({});
  }
  const { problems } = check(discoveryKey, [{ url: 'consul://web' }]);
  expect(problems).toEqual([
    {
      path: [0, 'url'],
      message:
        'must be dns://name:port, dns+srv://_service._proto.name or file:///path, got "consul://web"',
    },
  ]);
});

test('one source or several, each short or long', () => {
  const url = 'dns://web:80';
  const long = { url, minRefresh: '500ms', maxRefresh: 2000 };
  for (const value of [url, [url], long, [url, long]]) {
    expect(check(discoveryKey, value).problems).toBeUndefined();
  }
  expect(check(discoveryKey, long).data).toEqual({ url, minRefresh: 500, maxRefresh: 2000 });
  expect(check(discoveryKey, { url: 'dns://web' }).problems).toMatchObject([{ path: ['url'] }]);
  expect(check(discoveryKey, { url, every: 5 }).problems).toMatchObject([{ path: ['every'] }]);
  expect(check(discoveryKey, []).problems).toMatchObject([{ path: [] }]);
});
