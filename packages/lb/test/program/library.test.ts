/** The load balancer as a library: what a program that embeds it can rely on. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError, createLoadBalancer } from '../../src/index.ts';
import {
  activeResources,
  closeWithoutTrace,
  configFor,
  startBalancer,
  untilNothingIsLeft,
} from './balancer.ts';
import { type Backend, startBackend } from './support.ts';

let a: Backend;
let b: Backend;

beforeEach(async () => {
  [a, b] = [await startBackend('a'), await startBackend('b')];
});

afterEach(async () => {
  await Promise.all([a.stop(), b.stop()]);
});

test('a strategy of its own is used under its own name', async () => {
  let picks = 0;
  const lastOne = () => ({
    pick: <E>(candidates: readonly E[]): E => {
      picks += 1;
      return candidates.at(-1)!;
    },
  });
  const config = configFor([a, b], { strategy: 'mine' });
  const running = await startBalancer(config, { strategies: { mine: lastOne } });
  for (let i = 0; i < 5; i++) expect((await running.get()).body).toBe('b');
  expect(picks).toBe(5);
  await running.balancer.close();
});

test('a strategy of its own that throws fails one request, with one line in the log', async () => {
  let picks = 0;
  const broken = () => ({
    pick: <E>(candidates: readonly E[]): E => {
      picks += 1;
      if (picks === 2) throw new Error('out of luck');
      return candidates[0]!;
    },
  });
  const lines: string[] = [];
  const quiet = (): void => {};
  const log = {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (line: string) => void lines.push(line),
  };
  const config = configFor([a, b], { strategy: 'mine' });
  const running = await startBalancer(config, { strategies: { mine: broken }, log });
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) statuses.push((await running.get()).status);
  expect(statuses).toEqual([200, 500, 200]);
  expect(lines).toEqual(['service default: strategy, pick: out of luck']);
  await running.balancer.close();
});

test('it does nothing before listen, and a wrong configuration is told at once', () => {
  const before = activeResources();
  createLoadBalancer(configFor([a]));
  expect(activeResources()).toEqual(before);
  expect(() => createLoadBalancer({ backends: [] })).toThrow(ConfigError);
  expect(() => createLoadBalancer(configFor([a], { strategy: 'mine' }))).toThrow(
    /strategy must be/,
  );
});

test('after close nothing is in flight and no socket and no timer is left', async () => {
  const before = activeResources();
  const running = await startBalancer(configFor([a, b]));
  await Promise.all(Array.from({ length: 20 }, () => running.get()));
  a.health = 500;
  await running.untilState('a', 'down');
  await closeWithoutTrace(running, before);
});

test('close can be called twice, and destroy while it drains', async () => {
  const running = await startBalancer(configFor([a]));
  a.behave = () => {};
  const lost = running.get().catch(() => 'lost');
  while (a.requests === 0) await new Promise(setImmediate);
  const closing = [running.balancer.close(), running.balancer.close()];
  await running.balancer.destroy();
  await Promise.all(closing);
  expect(await lost).toBe('lost');
});

test('when it cannot listen it says so and leaves nothing running', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const before = activeResources();
  const balancer = createLoadBalancer(configFor([a], { listen: { port } }));
  await expect(balancer.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect(balancer.adminAddress).toBeUndefined();
  await untilNothingIsLeft(before);
  taken.close();
});
