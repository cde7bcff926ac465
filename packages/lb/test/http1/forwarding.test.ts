/** What a backend is sent: everything that is the client's, nothing that was meant for us alone. */

import { BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OK, type RawBackend, startRawBackend } from '../support/raw-backend.ts';
import { roundTrip, statusOf } from '../support/raw-client.ts';
import { type Stand, startStand } from '../support/stand.ts';

let backend: RawBackend;
let stand: Stand;
let trusting: Stand;
let rewriting: Stand;

/** A request is whole when its head is there and, if it has one, its body's last byte `$`. */
const isWhole = (received: string): boolean =>
  /\r\n(Content-Length|Transfer-Encoding):/i.test(received)
    ? /\$(\r\n0\r\n(.*\r\n)*\r\n)?$/.test(received)
    : received.endsWith('\r\n\r\n');

beforeAll(async () => {
  backend = await startRawBackend((connection) => {
    if (isWhole(connection.received))
      connection.socket.end(OK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  });
  stand = await startStand([backend.address]);
  const trustedProxies = new BlockList();
  trustedProxies.addSubnet('127.0.0.0', 8);
  trustedProxies.addAddress('10.0.0.9');
  trusting = await startStand([backend.address], {
    forwarding: { trustedProxies, proxyAuthorization: true },
  });
  rewriting = await startStand([backend.address], { forwarding: { hostHeader: 'backend' } });
});

afterAll(async () => {
  await Promise.all([stand.stop(), trusting.stop(), rewriting.stop()]);
  await backend.stop();
});

/** Sends one request and returns what the backend saw of it. */
async function seen(bytes: string, through: Stand = stand): Promise<string> {
  const before = backend.connections.length;
  const answer = await roundTrip(through.port, bytes);
  expect(statusOf(answer)).toBe(200);
  expect(backend.connections.length).toBe(before + 1);
  return backend.connections.at(-1)!.received;
}

const lines = (head: string): string[] => head.split('\r\n');
const CLOSE = 'Connection: close\r\n\r\n';

test('a plain request arrives byte for byte, with our fields after it', async () => {
  const head = await seen(
    `GET /a%2Fb//c/../d?e=%20f&g HTTP/1.1\r\nhOST: Example.org:80\r\nX-A:  1 \r\nx-a: 2\r\nX-A: 1\r\n${CLOSE}`,
  );
  expect(lines(head).slice(0, 10)).toEqual([
    'GET /a%2Fb//c/../d?e=%20f&g HTTP/1.1',
    'hOST: Example.org:80',
    'X-A:  1 ',
    'x-a: 2',
    'X-A: 1',
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Proto: http',
    `X-Forwarded-Port: ${stand.port}`,
    'X-Forwarded-Host: Example.org:80',
    'Via: 1.1 evenkeel-test',
  ]);
  expect(lines(head)[10]).toMatch(/^X-Request-Id: [0-9a-z]{12,14}-[0-9a-z]+$/);
  expect(lines(head).slice(11)).toEqual(['', '']);
});

test('hop-by-hop fields and those that Connection names stay here', async () => {
  const head = await seen(
    'GET / HTTP/1.1\r\nHost: a\r\nX-Drop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\n' +
      'Proxy-Authorization: Basic eA==\r\nTE: gzip\r\nUpgrade: foo\r\nHTTP2-Settings: x\r\nX-Keep: 1\r\n' +
      'Connection: close, x-drop, X-Other\r\nconnection: TE\r\nX-Other: 2\r\n\r\n',
  );
  expect(head).not.toMatch(/drop|other|keep-alive|proxy-|\r\nte:|upgrade|http2|connection/i);
  expect(head).toContain('\r\nX-Keep: 1\r\n');
});

test('TE: trailers is kept, and announced as ours', async () => {
  const head = await seen(`GET / HTTP/1.1\r\nHost: a\r\nTE: gzip;q=0.5, trailers\r\n${CLOSE}`);
  expect(head).toContain('\r\nTE: trailers\r\nConnection: TE\r\n');
});

test('Trailer stays, and an upgrade to h2c is not offered onwards', async () => {
  const head = await seen(
    'GET / HTTP/1.1\r\nHost: a\r\nTrailer: X-Sum\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\nConnection: Upgrade, HTTP2-Settings, close\r\n\r\n',
  );
  expect(head).toContain('\r\nTrailer: X-Sum\r\n');
  expect(head).not.toMatch(/upgrade|http2/i);
});

test('the target in absolute form replaces Host and becomes a path', async () => {
  const head = await seen(`GET HTTP://Example.org:81/a?b HTTP/1.1\r\nHost: other\r\n${CLOSE}`);
  expect(lines(head).slice(0, 2)).toEqual(['GET /a?b HTTP/1.1', 'Host: Example.org:81']);
  expect(head.match(/\r\nHost:/g)).toHaveLength(1);
  expect(head).toContain('\r\nX-Forwarded-Host: Example.org:81\r\n');
});

test('an absolute target without a path is /, for OPTIONS *', async () => {
  expect(await seen(`GET http://a HTTP/1.1\r\nHost: a\r\n${CLOSE}`)).toMatch(/^GET \/ HTTP/);
  expect(await seen(`GET http://a?q HTTP/1.1\r\nHost: a\r\n${CLOSE}`)).toMatch(/^GET \/\?q HTTP/);
  expect(await seen(`OPTIONS http://a HTTP/1.1\r\nHost: a\r\n${CLOSE}`)).toMatch(
    /^OPTIONS \* HTTP/,
  );
  expect(await seen(`OPTIONS * HTTP/1.1\r\nHost: a\r\n${CLOSE}`)).toMatch(/^OPTIONS \* HTTP/);
});

test.each([
  ['GET http://h?x HTTP/1.0\r\n', 'GET /?x', 'h'],
  ['OPTIONS http://h?x HTTP/1.1\r\nHost: o\r\n', 'OPTIONS /?x', 'h'],
  ['OPTIONS http://h/ HTTP/1.1\r\nHost: o\r\n', 'OPTIONS /', 'h'],
  ['OPTIONS http://h HTTP/1.0\r\n', 'OPTIONS *', 'h'],
  ['GET https://[::1]:8//p HTTP/1.1\r\nHost: o\r\nHost2: o\r\n', 'GET //p', '[::1]:8'],
])('%j: its authority is the host, to whomever it is told', async (request, line, authority) => {
  for (const [through, host] of [
    [stand, authority],
    [rewriting, backend.address],
  ] as const) {
    const head = await seen(`${request}${CLOSE}`, through);
    expect(lines(head).slice(0, 2)).toEqual([`${line} HTTP/1.1`, `Host: ${host}`]);
    expect(head.match(/\r\nHost:/g)).toHaveLength(1);
    expect(head).toContain(`\r\nX-Forwarded-Host: ${authority}\r\n`);
    expect(through.log.at(-1)?.host).toBe(authority);
  }
});

test('HTTP/1.0 goes on as 1.1, with the address as Host where there was none', async () => {
  const head = await seen('GET / HTTP/1.0\r\n\r\n');
  expect(head).toMatch(/^GET \/ HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n/);
  expect(head).toContain(`Host: ${backend.address}\r\n`);
  expect(head).toContain('\r\nVia: 1.0 evenkeel-test\r\n');
  expect(head).not.toContain('X-Forwarded-Host');
});

test('X-Forwarded-* and Forwarded from an untrusted peer are replaced, not believed', async () => {
  const head = await seen(
    `GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\nx-forwarded-proto: https\r\nX-Forwarded-Host: evil\r\nForwarded: for=6.6.6.6\r\n${CLOSE}`,
  );
  expect(head).not.toMatch(/6\.6\.6\.6|https|evil|\r\nForwarded:/);
  expect(head).toContain('\r\nX-Forwarded-For: 127.0.0.1\r\n');
  expect(stand.log.at(-1)?.clientAddress).toBe('127.0.0.1');
});

test('a trusted proxy is believed, and the chain grows by it', async () => {
  const head = await seen(
    `GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6, 1.2.3.4\r\nX-Forwarded-For: 10.0.0.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop\r\nForwarded: for=1.2.3.4\r\n${CLOSE}`,
    trusting,
  );
  expect(head).toContain('\r\nX-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.0.0.9, 127.0.0.1\r\n');
  expect(head).toContain('\r\nX-Forwarded-Proto: https\r\n');
  expect(head).toContain('\r\nX-Forwarded-Host: shop\r\n');
  expect(head).toContain('\r\nForwarded: for=1.2.3.4, for=127.0.0.1;proto=http;host="a"\r\n');
  // The last address that is not one of ours: any client could claim 6.6.6.6.
  expect(trusting.log.at(-1)?.clientAddress).toBe('1.2.3.4');
});

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((at) => at?.address === '::1');

test.skipIf(!hasIpv6)(
  'on an IPv6 socket an IPv4 client is named and trusted by its IPv4 address',
  async () => {
    const trustedProxies = new BlockList();
    trustedProxies.addAddress('127.0.0.1');
    const both = await startStand([backend.address], {
      host: '::',
      forwarding: { trustedProxies },
    });
    const request = `GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 2001:db8::1\r\n${CLOSE}`;
    const forwardedFor = async (host: string): Promise<string | undefined> => {
      expect(statusOf(await roundTrip(both.port, request, host))).toBe(200);
      return /\r\nX-Forwarded-For: (.*)\r\n/.exec(backend.connections.at(-1)!.received)?.[1];
    };
    expect(await forwardedFor('127.0.0.1')).toBe('2001:db8::1, 127.0.0.1');
    expect(await forwardedFor('::1')).toBe('::1');
    expect(both.log.map(({ clientAddress }) => clientAddress)).toEqual(['2001:db8::1', '::1']);
    await both.stop();
  },
);

test('Proxy-Authorization is forwarded when configured', async () => {
  const head = await seen(
    `GET / HTTP/1.1\r\nHost: a\r\nProxy-Authorization: B x\r\n${CLOSE}`,
    trusting,
  );
  expect(head).toContain('\r\nProxy-Authorization: B x\r\n');
});

test("hostHeader: backend sends the address of the backend, and the client's Host as forwarded", async () => {
  const head = await seen(`GET / HTTP/1.1\r\nX: 1\r\nHost: example.org\r\n${CLOSE}`, rewriting);
  expect(lines(head)[1]).toBe(`Host: ${backend.address}`);
  expect(head.match(/\r\nHost:/g)).toHaveLength(1);
  expect(head).toContain('\r\nX-Forwarded-Host: example.org\r\n');
});

test('a request id is kept if it is one, and made if not', async () => {
  const kept = await seen(`GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: abc-1\r\n${CLOSE}`);
  expect(kept.match(/X-Request-Id: .*/g)).toEqual(['X-Request-Id: abc-1']);
  expect(stand.log.at(-1)?.requestId).toBe('abc-1');
  const made = await seen(`GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: a b\r\n${CLOSE}`);
  expect(made).not.toContain('a b');
  const long = await seen(
    `GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${'x'.repeat(129)}\r\n${CLOSE}`,
  );
  expect(long).not.toContain('xxx');
});

test('Via grows, and our own name in it is a loop', async () => {
  const head = await seen(`GET / HTTP/1.1\r\nHost: a\r\nVia: 1.0 fred, 1.1 p.example\r\n${CLOSE}`);
  expect(head.match(/Via: .*/g)).toEqual([
    'Via: 1.0 fred, 1.1 p.example',
    'Via: 1.1 evenkeel-test',
  ]);
  const before = backend.connections.length;
  const looped = `GET / HTTP/1.1\r\nHost: a\r\nVia: 1.0 fred, 1.1 evenkeel-test (x)\r\n${CLOSE}`;
  expect(statusOf(await roundTrip(stand.port, looped))).toBe(508);
  expect(backend.connections).toHaveLength(before);
});

test('Max-Forwards counts down for TRACE and OPTIONS, and 0 is answered here', async () => {
  const request = (method: string, hops: number): string =>
    `${method} / HTTP/1.1\r\nHost: a\r\nMax-Forwards: ${hops}\r\n${CLOSE}`;
  expect(await seen(request('OPTIONS', 3))).toContain('\r\nMax-Forwards: 2\r\n');
  expect(await seen(request('GET', 0))).toContain('\r\nMax-Forwards: 0\r\n');
  const before = backend.connections.length;
  expect(statusOf(await roundTrip(stand.port, request('OPTIONS', 0)))).toBe(200);
  expect(statusOf(await roundTrip(stand.port, request('TRACE', 0)))).toBe(405);
  expect(backend.connections).toHaveLength(before);
});

test('no User-Agent is invented, and a field named __proto__ is a field', async () => {
  const head = await seen(
    `GET / HTTP/1.1\r\nHost: a\r\n__proto__: x\r\nconstructor: y\r\n${CLOSE}`,
  );
  expect(head).not.toMatch(/user-agent/i);
  expect(head).toContain('\r\n__proto__: x\r\nconstructor: y\r\n');
});

test('a body with a length arrives as it is', async () => {
  const bytes = await seen(
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nabc\0$',
  );
  expect(bytes).toMatch(/\r\n\r\nabc\0\$$/);
  expect(bytes).toContain('\r\nContent-Length: 5\r\n');
});

test('chunks arrive as they are, extensions and trailers are dropped', async () => {
  const bytes = await seen(
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n3;a="b";c\r\nabc\r\n00A\r\n012345678$\r\n0;last\r\nX-Sum: 1\r\n\r\n',
  );
  expect(bytes.split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe(
    '3\r\nabc\r\n00A\r\n012345678$\r\n0\r\n\r\n',
  );
});

test('a request without framing has no body, whatever its method', async () => {
  const before = backend.connections.length;
  const answer = await roundTrip(
    stand.port,
    `POST /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n${CLOSE}`,
  );
  expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  const paths = backend.connections.slice(before).map(({ received }) => received.split(' ')[1]);
  expect(paths).toEqual(['/1', '/2']);
});
