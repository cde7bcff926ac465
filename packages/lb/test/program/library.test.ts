/** The load balancer as a library: what a program that embeds it can rely on. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError, createLoadBalancer, type LoadBalancerOptions } from '../../src/index.ts';
import {
  activeResources,
  closeWithoutTrace,
  configFor,
  QUICK_HEALTH,
  startBalancer,
  untilNothingIsLeft,
} from './balancer.ts';
import { type Backend, startBackend, until } from './support.ts';

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

test('policies given as values take the place of the configured ones, over reloads too', async () => {
  const probes: { ok: boolean; latencyMs: number }[] = [];
  const asked: string[] = [];
  const policies: LoadBalancerOptions['policies'] = (service) => {
    asked.push(service);
    return {
      // Never down, whatever later probes find.
      health: () => ({
        observe(probe) {
          probes.push(probe);
          return 'up';
        },
        nextDelayMs: () => 20,
        timeoutMs: () => 60_000,
      }),
      retries: {
        after: () => ({ again: 'no', marksDown: false }),
        delayMs: () => 0,
        isBudgeted: false,
      },
    };
  };
  const running = await startBalancer(configFor([a], { retries: { tries: 5 } }), { policies });
  a.health = 500;
  await until(() => probes.at(-1)?.ok === false, 'its probes fail');
  a.behave = (request) => request.socket.destroy();
  const isUp = (): boolean => running.balancer.backends[0]?.state === 'ready';
  for (const change of [{}, { retries: { tries: 9 }, health: { ...QUICK_HEALTH, fall: 1 } }]) {
    await running.balancer.reload(configFor([a], change));
    const before = probes.length;
    await until(() => probes.length > before + 3, 'it was probed');
    expect(isUp()).toBe(true);
    const requests = a.requests;
    expect((await running.get()).status).toBe(502);
    expect(a.requests).toBe(requests + 1);
  }
  expect(probes.every(({ latencyMs }) => latencyMs > 0)).toBe(true);
  expect(asked).toEqual(['default']);
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

test('when a log cannot be opened, or a strategy not be made, nothing is left running either', async () => {
  const before = activeResources();
  const logged = createLoadBalancer(configFor([a], { accessLog: '/no/such/folder/access.log' }));
  await expect(logged.listen()).rejects.toMatchObject({ code: 'ENOENT' });
  const broken = (): never => {
    throw new Error('out of order');
  };
  const strategies = { mine: broken };
  const chosen = createLoadBalancer(configFor([a], { strategy: 'mine' }), { strategies });
  await expect(chosen.listen()).rejects.toThrow('strategy mine cannot be used: out of order');
  await untilNothingIsLeft(before);
});
