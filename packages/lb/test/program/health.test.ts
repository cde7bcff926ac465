/** How health checks and traffic take backends out and bring them back. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { configFor, QUICK_HEALTH, type Running, startBalancer } from './balancer.ts';
import { type Backend, freePort, startBackend, until } from './support.ts';

let a: Backend;
let b: Backend;
let running: Running | undefined;

beforeEach(async () => {
  [a, b] = [await startBackend('a'), await startBackend('b')];
});

afterEach(async () => {
  await running?.balancer.destroy();
  running = undefined;
  await Promise.all([a.stop(), b.stop()]);
});

test('a failing check takes a backend out, a passing one brings it back', async () => {
  running = await startBalancer(configFor([a, b]));
  a.health = 500;
  await running.untilState('a', 'down');
  const before = a.requests;
  for (let i = 0; i < 10; i++) expect(await running.get()).toEqual({ status: 200, body: 'b' });
  expect(a.requests).toBe(before);
  expect(running.balancer.backends[0]?.lastError).toBe('health check: status 500');

  a.health = 200;
  await running.untilState('a', 'ready');
  const { get } = running;
  await until(async () => (await get()).body === 'a', 'a answers again');
});

test('a check by TCP finds a backend that is gone, and that it is back on the same port', async () => {
  const health = { ...QUICK_HEALTH, type: 'tcp' } as const;
  const { path: _, ...tcp } = health;
  running = await startBalancer(configFor([a, b], { health: tcp }));
  const { port } = a;
  await a.stop();
  await running.untilState('a', 'down');
  a = await startBackend('a', port);
  await running.untilState('a', 'ready');
});

test('a check can ask for a text in the body', async () => {
  running = await startBalancer(configFor([a], { health: { ...QUICK_HEALTH, body: 'healthy' } }));
  await running.untilState('a', 'ready');
  await running.balancer.destroy();
  const health = { ...QUICK_HEALTH, body: 'something else' };
  running = await startBalancer(configFor([a], { health }));
  await running.untilState('a', 'down');
});

test('a refused connection costs the client nothing, and the backend is out at once', async () => {
  const never = 600_000;
  const health = { type: 'tcp', intervalMs: never, fastIntervalMs: never } as const;
  running = await startBalancer(configFor([a, b], { health }));
  await a.stop();
  for (let i = 0; i < 4; i++) expect(await running.get()).toEqual({ status: 200, body: 'b' });
  await running.untilState('a', 'down');
});

test('failures in a row eject a backend that passes its checks', async () => {
  const passive = { consecutiveFailures: 3 };
  const health = 'off';
  running = await startBalancer(configFor([a, b], { health, passive, retries: 'off' }));
  a.behave = (_request, response) => response.writeHead(503).end();
  for (let i = 0; i < 6; i++) await running.get(`/${i}`);
  expect(a.requests).toBe(3);
  expect(running.balancer.backends.map(({ state }) => state)).toEqual(['ejected', 'ready']);
  for (let i = 0; i < 6; i++) expect((await running.get()).body).toBe('b');
});

test('one request that fails again and again, among others that succeed, takes no backend out', async () => {
  running = await startBalancer(configFor([a, b], { health: 'off', retries: 'off' }));
  for (const backend of [a, b]) {
    backend.behave = ({ url }, response) => {
      response.writeHead(url?.startsWith('/broken') ? 503 : 200).end();
    };
  }
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < 4; i++) await running.get('/fine');
    for (let i = 0; i < 14; i++) {
      expect((await running.get(`/broken?${round}-${i}`)).status).toBe(503);
    }
  }
  expect(running.balancer.backends.map(({ state }) => state)).toEqual(['ready', 'ready']);
});

test('with every backend known to be dead, 503 comes at once, and service when one returns', async () => {
  const port = await freePort();
  const backends = [{ url: `http://127.0.0.1:${port}`, id: 'a' }];
  running = await startBalancer(configFor([], { backends }));
  await running.untilState('a', 'down');
  const response = await fetch(running.url, { headers: { connection: 'close' } });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
  const back = await startBackend('back', port);
  await running.untilState('a', 'ready');
  expect(await running.get()).toEqual({ status: 200, body: 'back' });
  await back.stop();
});

test('a backup gets traffic only while no other backend is ready', async () => {
  const backends = [
    { url: a.url, id: 'a' },
    { url: b.url, id: 'b', backup: true },
  ];
  running = await startBalancer(configFor([], { backends }));
  for (let i = 0; i < 5; i++) expect((await running.get()).body).toBe('a');
  a.health = 500;
  await running.untilState('a', 'down');
  expect((await running.get()).body).toBe('b');
});

test('in a panic, backends that serve but answer their checks wrongly get traffic, dead ones none', async () => {
  const backends = [
    { url: a.url, id: 'a' },
    { url: b.url, id: 'b' },
    { url: `http://127.0.0.1:${await freePort()}`, id: 'dead' },
  ];
  for (const backend of [a, b]) backend.health = 500;
  running = await startBalancer(configFor([], { backends, panicPercent: 50, retries: 'off' }));
  const bodies: string[] = [];
  for (let i = 0; i < 6; i++) bodies.push((await running.get()).body);
  expect(bodies.sort()).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
  const states = (): unknown => running?.balancer.backends.map(({ state }) => state);
  expect(states()).toEqual(['ready', 'ready', 'down']);

  a.health = 200;
  const back = await startBackend('back', Number(new URL(backends[2]?.url ?? '').port));
  await running.untilState('b', 'down');
  expect(states()).toEqual(['ready', 'down', 'ready']);
  const before = b.requests;
  for (let i = 0; i < 4; i++) expect((await running.get()).status).toBe(200);
  expect(b.requests).toBe(before);
  await back.stop();
});
