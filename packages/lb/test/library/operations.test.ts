/** A balancer operated in code: calls, events, metrics, and errors that can be told apart. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError, ConflictError, type LoggedEvent, NotFoundError } from '../../src/index.ts';
import { configFor, type Running, startBalancer } from '../program/balancer.ts';
import { type Backend, startBackend, until } from '../program/support.ts';

let a: Backend;
let b: Backend;
let running: Running;

beforeEach(async () => {
  [a, b] = [await startBackend('a'), await startBackend('b')];
  const { admin: _, ...config } = configFor([a]);
  running = await startBalancer(config);
});

afterEach(async () => {
  await running.balancer.destroy();
  await Promise.all([a.stop(), b.stop()]);
});

test('add, patch, drain and remove do what the admin API does', async () => {
  const { balancer } = running;
  const { url } = b;
  expect(balancer.add({ url, id: 'b', weight: 3 })).toMatchObject({ source: 'admin', weight: 3 });
  await running.untilState('b', 'ready');
  expect(balancer.drain('a')).toMatchObject({ state: 'drain' });
  for (let i = 0; i < 3; i++) expect((await running.get()).body).toBe('b');
  expect(balancer.patch('a', { state: null, maxConnections: 2 })).toMatchObject({
    maxConnections: 2,
  });
  balancer.remove('b');
  expect(balancer.backends.map(({ id }) => id)).toEqual(['a']);
  balancer.setStrategy('lc');
  balancer.setStrategy({ name: 'ring-hash', key: { header: 'x-user' } });
  expect((await running.get()).body).toBe('a');
});

test('what is wrong is told by the class of the error', () => {
  const { balancer } = running;
  expect(() => balancer.add('nothing')).toThrow(ConfigError);
  expect(() => balancer.add({ url: b.url, id: 'a' })).toThrow(ConflictError);
  expect(() => balancer.drain('z')).toThrow(NotFoundError);
  expect(() => balancer.remove('z')).toThrow(NotFoundError);
  expect(() => balancer.patch('a', { weight: -1 })).toThrow('weight must be 0 or a number');
  expect(() => balancer.setStrategy('fastest')).toThrow(ConfigError);
  expect(() => balancer.add(b.url, 'other')).toThrow('service must be one of default');
});

test('events come in one order, by kind and all together; a listener that throws changes nothing', async () => {
  const { balancer } = running;
  const all: LoggedEvent[] = [];
  const states: string[] = [];
  balancer.events.on('event', (event) => void all.push(event));
  balancer.events.on('state', ({ endpoint, to }) => void states.push(`${endpoint} ${to}`));
  balancer.events.on('state', () => {
    throw new Error('out of order');
  });
  a.health = 500;
  await running.untilState('a', 'down');
  a.health = 200;
  await running.untilState('a', 'ready');
  balancer.setStrategy('random');
  expect(states).toEqual(['a down', 'a ready']);
  expect(all.map(({ type }) => type)).toEqual(['state', 'state', 'strategy']);
  expect((await running.get()).body).toBe('a');
});

test('metrics are the text of /metrics, without an admin API too', async () => {
  await running.get();
  const counted = /^evenkeel_requests_total\{[^}]*code="200"[^}]*\} 1$/m;
  await until(async () => counted.test(await running.balancer.metrics()), 'it is counted');
});
