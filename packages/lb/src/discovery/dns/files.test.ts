/** resolv.conf and hosts, read as the C library reads them. */

import { expect, test } from 'vitest';
import { addressesIn, candidatesOf, parseResolvConf } from './files.ts';

const KUBERNETES = `
# written by the kubelet
nameserver 10.96.0.10
search default.svc.cluster.local svc.cluster.local cluster.local
options ndots:5 edns0
`;

test("Kubernetes' short names are tried with the suffixes first", () => {
  const conf = parseResolvConf(KUBERNETES);
  expect(conf.servers).toEqual([{ host: '10.96.0.10', port: 53 }]);
  expect(candidatesOf('web', conf)).toEqual([
    'web.default.svc.cluster.local',
    'web.svc.cluster.local',
    'web.cluster.local',
    'web',
  ]);
  expect(candidatesOf('web.', conf)).toEqual(['web']);
  expect(candidatesOf('a.b.c.d.e.f', conf)[0]).toBe('a.b.c.d.e.f');
  expect(candidatesOf('a.b.c.d.e', conf).at(-1)).toBe('a.b.c.d.e');
});

test('a file that says nothing means this machine, once, with the defaults', () => {
  const conf = parseResolvConf('');
  expect(conf).toEqual({
    servers: [{ host: '127.0.0.1', port: 53 }],
    search: [],
    ndots: 1,
    timeoutMs: 2000,
    attempts: 2,
  });
  expect(candidatesOf('web', conf)).toEqual(['web']);
});

test('absurd values are bounded, unreadable lines passed over', () => {
  const servers = Array.from({ length: 9 }, (_, i) => `nameserver 10.0.0.${i}`).join('\n');
  const conf = parseResolvConf(`nameserver example.org
${servers}
nameserver
options ndots:99 timeout:0 attempts:1000 ndots:x
search ${'a. '.repeat(100)}
search . b.
domain
`);
  expect(conf.servers.length).toBe(3);
  expect(conf).toMatchObject({ ndots: 15, timeoutMs: 1000, attempts: 5, search: [] });
  expect(parseResolvConf('search . b. ; comment').search).toEqual(['b']);
  expect(parseResolvConf(`search ${'a '.repeat(100)}`).search.length).toBe(32);
});

test('hosts: every address of a name, in any case, without comments', () => {
  const hosts = '127.0.0.1 localhost\n::1\tlocalhost ip6 # web\n10.0.0.1 Web web.x\nbad web\n';
  expect(addressesIn(hosts, 'localhost')).toEqual(['127.0.0.1', '::1']);
  expect(addressesIn(hosts, 'WEB.')).toEqual(['10.0.0.1']);
  expect(addressesIn(hosts, 'we')).toEqual([]);
});
