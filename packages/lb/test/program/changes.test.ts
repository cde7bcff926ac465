/** Each change of a running balancer is an event that tells where it came from. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LoggedEvent } from '../../src/event-log.ts';
import { configFor, type Running, startBalancer } from './balancer.ts';
import { type Backend, startBackend } from './support.ts';

let a: Backend;
let running: Running;
let events: LoggedEvent[];

beforeEach(async () => {
  a = await startBackend('a');
  const config = configFor([a], { health: 'off' });
  running = await startBalancer(config, { reread: () => ({ ...config, backends: [] }) });
  events = [];
  running.balancer.events.on('event', (event) => events.push(event));
});

afterEach(async () => {
  await running.balancer.destroy();
  await a.stop();
});

const told = (): (readonly unknown[])[] =>
  events.map(({ type, endpoint, source, reason }) => [type, endpoint, source, reason]);

test('the admin API', async () => {
  const { admin } = running;
  await admin('PATCH', '/backends/a', { weight: 0 });
  await admin('PATCH', '/backends/a', { weight: null, maxConnections: 7, priority: 2 });
  await admin('PUT', '/strategy', { name: 'random' });
  expect(told()).toEqual([
    ['state', 'a', 'admin', expect.any(String)],
    ['changed', 'a', 'admin', 'weight 1 → 0'],
    ['state', 'a', 'admin', expect.any(String)],
    ['changed', 'a', 'admin', 'weight 0 → 1, maxConnections 0 → 7, priority 0 → 2'],
    ['strategy', undefined, 'admin', 'now random'],
  ]);
});

test('a reload, and one that failed', async () => {
  const { balancer, admin } = running;
  const heavier = configFor([], {
    health: 'off',
    strategy: 'random',
    backends: [{ url: a.url, id: 'a', weight: 5 }],
  });
  await balancer.reload(heavier);
  expect((await admin('POST', '/reload')).status).toBe(400);
  await expect(balancer.reload({ backends: [] }, 'signal')).rejects.toThrow();
  expect(told().filter(([type]) => type !== 'strategy')).toEqual([
    ['changed', 'a', 'file', 'weight 1 → 5'],
    ['reload', undefined, 'program', '1 backends'],
    ['reload-failed', undefined, 'admin', expect.stringContaining('backends')],
    ['reload-failed', undefined, 'signal', expect.stringContaining('backends')],
  ]);
});

test('the program that runs it', () => {
  running.balancer.drain('a');
  expect(told()).toEqual([['state', 'a', 'program', expect.any(String)]]);
});
