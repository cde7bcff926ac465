/** Which service a request goes to, and which paths are too clever to be routed. */

import { createCluster, seededRandom } from '@evenkeel/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpService, Route } from '../../src/http1/front.ts';
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS, DEFAULT_UPGRADES } from '../../src/http1/settings.ts';
import { answering, OK, type RawBackend, startRawBackend } from '../support/raw-backend.ts';
import { roundTrip, statusOf } from '../support/raw-client.ts';
import { FORWARDING, inTurn, type Stand, serviceOf, startStand } from '../support/stand.ts';

let backend: RawBackend;
let stand: Stand;
const closers: (() => void)[] = [];

beforeAll(async () => {
  backend = await startRawBackend(answering(OK));
  stand = await startStand([backend.address]);
  const service = (name: string): HttpService => {
    const cluster = createCluster({
      clock: stand.clock,
      random: seededRandom(1),
      strategy: inTurn,
    });
    cluster.update([{ id: name, address: backend.address }]);
    closers.push(() => cluster.close());
    return serviceOf(name, cluster);
  };
  const routes: Route[] = [
    { host: 'API.example.org', prefix: '/v1', service: service('v1') },
    { host: 'api.example.org', prefix: '/v1/deep/', service: service('deep') },
    { host: 'api.example.org', service: service('api') },
    { host: 'only.example.org', prefix: '/a', service: service('only') },
    { prefix: '/admin', service: service('admin') },
    { prefix: '/open', service: service('open') },
    { prefix: '/café', service: service('cafe') },
    { prefix: '/@user', service: service('user') },
    { host: '[2001:DB8:0::1]', service: service('six') },
    { host: '*.wild.example.org', service: service('wild') },
    { host: '*.deep.wild.example.org', service: service('deepwild') },
    { host: 'exact.wild.example.org:8080', service: service('exact') },
  ];
  stand.front.update({
    routes,
    timeouts: DEFAULT_TIMEOUTS,
    limits: DEFAULT_LIMITS,
    forwarding: FORWARDING,
    upgrades: DEFAULT_UPGRADES,
  });
});

afterAll(async () => {
  for (const close of closers) close();
  await stand.stop();
  await backend.stop();
});

async function ask(host: string, target: string): Promise<{ status: number; service: string }> {
  const answer = await roundTrip(
    stand.port,
    `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  );
  return { status: statusOf(answer), service: stand.log.at(-1)!.service };
}

const ROUTED: readonly (readonly [string, string, string])[] = [
  ['api.example.org', '/v1', 'v1'],
  ['API.Example.ORG', '/v1/x?y=../z', 'v1'],
  ['api.example.org:80', '/v1/', 'v1'],
  ['api.example.org', '/v1x', 'api'],
  ['api.example.org', '/v1/deep', 'deep'],
  ['api.example.org', '/v1/deep/er', 'deep'],
  ['api.example.org', '/v1/deeper', 'v1'],
  ['api.example.org', '/', 'api'],
  ['only.example.org', '/a/b', 'only'],
  ['only.example.org', '/open/b', 'open'],
  ['other.example.org', '/admin', 'admin'],
  ['other.example.org', '/open/a..b/.c/d.', 'open'],
  ['other.example.org', '/open/%20/%2F', 'open'],
  // Any port, a final dot, leading zeros: the host is the same.
  ['api.example.org:8080', '/v1', 'v1'],
  ['api.example.org:0000003030', '/v1', 'v1'],
  // An IPv6 address is the same however it is written.
  ['[2001:db8::1]:80', '/', 'six'],
  ['[2001:0db8:0:0:0:0:0:1]', '/', 'six'],
  ['api.example.org.', '/v1', 'v1'],
  ['aPi.example.org.:00080', '/v1', 'v1'],
  // `*.` hosts: any name below, the longest first, exact ones before them.
  ['x.wild.example.org', '/', 'wild'],
  ['y.x.wild.example.org:3030', '/', 'wild'],
  ['z.deep.wild.example.org', '/', 'deepwild'],
  ['exact.wild.example.org', '/', 'exact'],
  ['exact.wild.example.org', '/open', 'exact'],
  // Whatever a backend makes of these, it stays within the service.
  ['other.example.org', '/open/group%2Fproject', 'open'],
  ['other.example.org', '/open//key//with/slashes', 'open'],
  ['other.example.org', '/open/page;jsessionid=1;x', 'open'],
  ['other.example.org', '/open/a/../b/./c', 'open'],
  ['other.example.org', '/open/caf%C3%A9', 'open'],
  ['other.example.org', '/caf%C3%A9/x', 'cafe'],
];

for (const [host, target, service] of ROUTED) {
  test(`${host} ${target} goes to ${service}`, async () => {
    expect(await ask(host, target)).toEqual({ status: 200, service });
  });
}

test('an absolute target is routed by its own authority', async () => {
  expect(await ask('other', 'http://api.example.org/v1/x')).toEqual({ status: 200, service: 'v1' });
});

test('OPTIONS * goes where the root of its host goes', async () => {
  const question = 'OPTIONS * HTTP/1.1\r\nHost: x.wild.example.org\r\nConnection: close\r\n\r\n';
  expect(statusOf(await roundTrip(stand.port, question))).toBe(200);
});

test('what matches no route is 404', async () => {
  expect(await ask('other.example.org', '/nothing')).toEqual({ status: 404, service: '' });
  expect(await ask('wild.example.org', '/')).toEqual({ status: 404, service: '' });
  expect(await ask('xwild.example.org', '/')).toEqual({ status: 404, service: '' });
});

const TOO_CLEVER = [
  '/open/../admin',
  '/open/..',
  '/open/%61/../../%61dmin',
  '/%61dmin',
  '/%40user/x',
  '/open;/../admin',
  '/admin;x=1',
  '//admin',
  '/open//..//../admin',
  '\\\\admin',
  '/%2e/admin',
  '/open%2fx',
  '/open/%00',
  '/open/%0d%0aX:%20y',
  '/open/%7F',
  '/open/%2e%2E/admin',
  '/open/.%2e/admin',
  '/open%2f..%2fadmin',
  '/open/..%5Cadmin',
  '/open/..\\admin',
  '/open/..;/admin',
];

for (const target of TOO_CLEVER) {
  test(`${target} is 400: a backend might take it for another place`, async () => {
    const before = backend.connections.length + backend.received.length;
    expect(await ask('other.example.org', target)).toEqual({ status: 400, service: '' });
    expect(backend.connections.length + backend.received.length).toBe(before);
  });
}
