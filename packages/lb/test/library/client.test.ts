/** Balancing on the side of the client: fetch and middleware, through the same core as the proxy. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BalanceMiddleware, balance } from '../../src/client/express.ts';
import { type BalancedFetch, balancedFetch, UnansweredError } from '../../src/client/fetch.ts';
import { ConfigError } from '../../src/index.ts';
import { type Backend, freePort, startBackend, until } from '../program/support.ts';

let a: Backend;
let b: Backend;
let fetch: BalancedFetch;
let middleware: BalanceMiddleware | undefined;
let server: Server | undefined;

beforeEach(async () => {
  [a, b] = [await startBackend('a'), await startBackend('b')];
  fetch = balancedFetch({ backends: [a.url, b.url], health: 'off' });
});

afterEach(async () => {
  await fetch.balancer.close();
  await middleware?.balancer.close();
  if (server !== undefined) {
    server.closeAllConnections();
    server.close();
  }
  [middleware, server] = [undefined, undefined];
  await Promise.all([a.stop(), b.stop()]);
});

const text = async (path: string, init?: Parameters<BalancedFetch>[1]): Promise<string> =>
  (await fetch(path, init)).text();

async function causeOf(asked: Promise<unknown>): Promise<UnansweredError> {
  const error = await asked.then(
    () => undefined,
    (reason: Error) => reason,
  );
  expect(error?.cause).toBeInstanceOf(UnansweredError);
  return error?.cause as UnansweredError;
}

/** Everything a backend receives as a body comes back. */
function echo(backend: Backend): void {
  backend.behave = (request, response) => {
    request.pipe(response);
  };
}

test('requests go round, with and without an origin', async () => {
  expect([await text('/'), await text('http://users/x'), await text('/')]).toEqual(['a', 'b', 'a']);
  expect(fetch.balancer.backends.map(({ requests }) => requests)).toEqual([2, 1]);
  expect(() => balancedFetch({ backends: ['nothing'] })).toThrow(ConfigError);
  await expect(fetch('https://users/')).rejects.toThrow('only http: is balanced');
});

test('a body is sent again where the first backend is dead, also a stream', async () => {
  await a.stop();
  echo(b);
  expect(await text('/', { method: 'POST', body: 'a text' })).toBe('a text');
  const stream = ReadableStream.from([new TextEncoder().encode('a stream')]);
  expect(await text('/', { method: 'POST', body: stream, duplex: 'half' })).toBe('a stream');
});

test('what a dying backend may have begun is repeated only if that is harmless', async () => {
  for (const backend of [a, b]) backend.behave = (request) => request.socket.destroy();
  const post = await causeOf(fetch('/', { method: 'POST', body: 'x' }));
  expect([post.code, post.attempts, post.status]).toEqual(['reset', 1, 502]);
  const put = await causeOf(fetch('/', { method: 'PUT', body: 'x' }));
  expect([put.code, put.attempts]).toEqual(['reset', 2]);
});

test('without any backend the error says so, and it ends when one is added', async () => {
  const port = await freePort();
  const lone = balancedFetch({ backends: [`http://127.0.0.1:${port}`], health: 'off' });
  expect((await causeOf(lone('/'))).code).toBe('refused');
  const [only] = lone.balancer.backends;
  lone.balancer.drain(only?.id ?? '');
  const none = await causeOf(lone('/'));
  expect([none.code, none.status]).toEqual(['none', 503]);
  lone.balancer.add(b.url);
  expect(await (await lone('/')).text()).toBe('b');
  await lone.balancer.close();
});

test('a status is tried elsewhere where retries.on says so, and else passed on', async () => {
  a.behave = (_request, response) => response.writeHead(503).end();
  expect([(await fetch('/')).status, (await fetch('/')).status]).toEqual([503, 200]);
  const again = balancedFetch({
    backends: [a.url, b.url],
    health: 'off',
    retries: { on: ['status'] },
  });
  expect([(await again('/')).status, (await again('/')).status]).toEqual([200, 200]);
  await again.balancer.close();
});

test('a request can be called off while it runs and while it waits for a backend', async () => {
  const waiting = balancedFetch({
    backends: [{ url: a.url, maxConnections: 1 }],
    health: 'off',
    queue: { max: 5 },
  });
  a.behave = () => {};
  const [first, second] = [new AbortController(), new AbortController()];
  const running = waiting('/', { signal: first.signal });
  await until(() => a.requests === 1, 'it runs');
  const queued = waiting('/', { signal: second.signal });
  second.abort();
  await expect(queued).rejects.toThrow('aborted');
  expect(waiting.balancer.backends[0]?.inFlight).toBe(1);
  first.abort();
  await expect(running).rejects.toThrow('aborted');
  expect(waiting.balancer.backends[0]).toMatchObject({ inFlight: 0, failures: 0 });
  await waiting.balancer.close();
});

test('a key sends one value to one backend', async () => {
  const keyed = balancedFetch({
    backends: [a.url, b.url],
    health: 'off',
    strategy: { name: 'ring-hash', key: { header: 'x-user' } },
  });
  const of = async (user: string): Promise<string> =>
    (await keyed('/', { headers: { 'x-user': user } })).text();
  const names = new Set<string>();
  for (let i = 0; i < 40; i++) names.add(await of(`user ${i}`));
  expect(names.size).toBe(2);
  const first = await of('one');
  for (let i = 0; i < 5; i++) expect(await of('one')).toBe(first);
  await keyed.balancer.close();
});

async function served(use: BalanceMiddleware): Promise<string> {
  middleware = use;
  const app = express();
  app.use('/api', use);
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('the middleware forwards path, body and fields, without those of one connection', async () => {
  const url = await served(balance({ backends: [a.url], health: 'off' }));
  a.behave = (request, response) => {
    response.setHeader('x-seen', JSON.stringify({ url: request.url, ...request.headers }));
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    request.pipe(response.writeHead(201, { connection: 'x-hop', 'x-hop': '1' }));
  };
  const answer = await globalThis.fetch(`${url}/api/users?id=1`, {
    method: 'POST',
    body: 'hello',
    headers: { connection: 'close', 'x-forwarded-for': '6.6.6.6', te: 'trailers' },
  });
  expect([answer.status, await answer.text()]).toEqual([201, 'hello']);
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(answer.headers.has('x-hop')).toBe(false);
  const seen = JSON.parse(answer.headers.get('x-seen') ?? '');
  expect(seen).toMatchObject({
    url: '/users?id=1',
    host: new URL(url).host,
    'content-length': '5',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    via: '1.1 evenkeel',
  });
  expect(seen).not.toHaveProperty('te');
});

test('the middleware answers 503 without a backend, and a client that leaves is called off', async () => {
  const url = await served(balance({ backends: [a.url], health: 'off' }));
  let isClosed = false;
  a.behave = (request) => request.socket.on('close', () => (isClosed = true));
  const controller = new AbortController();
  const asked = globalThis.fetch(`${url}/api`, { signal: controller.signal });
  await until(() => a.requests === 1, 'it runs');
  controller.abort();
  await expect(asked).rejects.toThrow();
  await until(() => isClosed, 'the backend is told');
  expect(middleware?.balancer.backends[0]).toMatchObject({ failures: 0, inFlight: 0 });
  middleware?.balancer.drain(middleware.balancer.backends[0]?.id ?? '');
  const answer = await globalThis.fetch(`${url}/api`, { headers: { connection: 'close' } });
  expect([answer.status, await answer.text()]).toEqual([503, '503 none\n']);
});

test('large answers pass with backpressure, whole', async () => {
  const url = await served(balance({ backends: [a.url], health: 'off' }));
  const bytes = 8 * 1024 * 1024;
  a.behave = (_request, response) => response.end(Buffer.alloc(bytes, 'x'));
  const answer = await globalThis.fetch(`${url}/api`, { headers: { connection: 'close' } });
  expect((await answer.arrayBuffer()).byteLength).toBe(bytes);
});
