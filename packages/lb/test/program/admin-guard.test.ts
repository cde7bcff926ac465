/** The admin API against clients that are many, silent, greedy or of another origin. */

import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConfigFile } from '../../src/index.ts';
import { RawClient } from '../support/raw-client.ts';
import { activeResources, configFor, type Running, startBalancer } from './balancer.ts';
import { type Backend, startBackend, until } from './support.ts';

const TOKEN = 'a-long-secret';

let a: Backend;
let running: Running;
let sockets: Socket[] = [];

beforeEach(async () => {
  a = await startBackend('a');
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await running.balancer.destroy();
  await a.stop();
});

async function start(more?: ConfigFile): Promise<void> {
  running = await startBalancer(configFor([a], more));
}

const adminPort = (): number => running.balancer.adminAddress!.port;

/** Connections on which nothing is said. */
async function connectSilently(count: number): Promise<void> {
  const opened = Array.from({ length: count }, async () => {
    const socket = connect(adminPort(), '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
  });
  await Promise.all(opened);
}

/** The status that a request with these fields gets, on a connection of its own. */
function statusWith(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ port: adminPort(), host: '127.0.0.1', path, method, headers, agent: false })
      .on('response', (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      })
      .on('error', reject)
      .end();
  });
}

const bearer = { authorization: `Bearer ${TOKEN}` };

test('silent connections, however many, keep no request out and cut no stream', async () => {
  await start();
  const stream = await RawClient.open(adminPort());
  stream.send('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await stream.untilReceived('"type":"added"');
  await connectSilently(400);
  for (let i = 0; i < 20; i++) expect(await statusWith('/readyz')).toBe(200);
  await connectSilently(400);
  expect(await statusWith('/backends')).toBe(200);
  await running.balancer.reload(configFor([a]));
  await stream.untilReceived('"type":"reload"');
  stream.close();
});

test('clients without the token that ask for what is open, and read nothing, keep no request out', async () => {
  await start({ admin: { listen: '0', token: TOKEN } });
  await connectSilently(300);
  for (const socket of sockets) {
    if (!socket.destroyed) socket.pause().write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(60));
  }
  for (let i = 0; i < 3; i++) {
    await connectSilently(20);
    expect(await statusWith('/readyz')).toBe(200);
    expect(await statusWith('/backends', bearer)).toBe(200);
  }
});

test('a connection that never completes a head is closed', async () => {
  await start();
  const client = await RawClient.open(adminPort());
  client.send('GET /backends HTTP/1.1\r\nHos');
  await client.untilEnded();
  expect(client.received).toMatch(/^HTTP\/1\.1 408 /);
  client.close();
});

test('what is sent behind a request for events ends the connection, and nothing of it stays', async () => {
  await start();
  expect(await statusWith('/backends')).toBe(200);
  const before = activeResources().Timeout ?? 0;
  const one = 'GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n';
  for (let i = 0; i < 5; i++) {
    const client = await RawClient.open(adminPort());
    client.send(one.repeat(200));
    await client.untilEnded();
    client.close();
  }
  // A stream that follows another answer has not the connection to itself.
  const late = await RawClient.open(adminPort());
  late.send(`GET /backends HTTP/1.1\r\nHost: localhost\r\n\r\n${one.repeat(200)}`);
  await late.untilReceived('a stream of events stands alone');
  late.close();
  await until(() => (activeResources().Timeout ?? 0) <= before, 'no heartbeat is left');
});

test('streams are limited; one that ends makes room', async () => {
  await start();
  const open = async (): Promise<RawClient> => {
    const client = await RawClient.open(adminPort());
    client.send('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await client.untilReceived('\r\n\r\n');
    return client;
  };
  const streams: RawClient[] = [];
  for (let i = 0; i < 64; i++) streams.push(await open());
  expect(streams.every(({ received }) => received.startsWith('HTTP/1.1 200'))).toBe(true);
  const refused = await open();
  expect(refused.received).toMatch(/^HTTP\/1\.1 503 /);
  expect(await statusWith('/backends')).toBe(200);
  streams[0]!.close();
  await until(async () => {
    const again = await open();
    again.close();
    return again.received.startsWith('HTTP/1.1 200');
  }, 'there is room again');
  for (const client of [...streams, refused]) client.close();
});

test('with a token, it alone decides: a TLS proxy may show any origin and host', async () => {
  await start({ admin: { listen: '0', token: TOKEN } });
  const origins = [{}, { origin: 'https://lb.example.org' }, { origin: 'null' }];
  for (const origin of origins) {
    for (const host of [{}, { host: 'lb.example.org' }]) {
      expect(await statusWith('/backends', { ...bearer, ...origin, ...host })).toBe(200);
      expect(await statusWith('/backends', { ...origin, ...host })).toBe(401);
    }
  }
  for (const wrong of ['Bearer', 'Bearer ', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, TOKEN]) {
    expect(await statusWith('/backends', { authorization: wrong })).toBe(401);
  }
});

test('without a token, foreign pages are refused on every path that shows or changes something', async () => {
  await start();
  const paths = [
    ['GET', '/backends'],
    ['GET', '/events'],
    ['GET', '/config'],
    ['GET', '/metrics'],
    ['POST', '/reload'],
    ['DELETE', '/backends/a'],
    ['GET', '/nothing'],
  ] as const;
  for (const [method, path] of paths) {
    expect(await statusWith(path, { origin: 'http://evil.example' }, method)).toBe(403);
    expect(await statusWith(path, { host: 'evil.example' }, method)).toBe(403);
  }
  expect(
    await statusWith('/backends', { host: 'localhost:1', origin: 'https://localhost:1' }),
  ).toBe(200);
  expect(running.balancer.backends).toHaveLength(1);
});

test('probes need no token and no name', async () => {
  await start({ admin: { listen: '0', token: TOKEN } });
  for (const path of ['/healthz', '/readyz']) {
    expect(await statusWith(path)).toBe(200);
    expect(await statusWith(path, { host: 'lb.svc.cluster.local' })).toBe(200);
    expect(await statusWith(path, {}, 'HEAD')).toBe(200);
    expect(await statusWith(path, {}, 'POST')).toBe(405);
  }
  expect(await statusWith('/healthz/x')).toBe(401);
});
