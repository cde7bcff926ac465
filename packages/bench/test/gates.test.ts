/**
 * Gates of reliability, by count. Each is led by hand, step by step, so that it says the same on a
 * busy machine; `pnpm chaos` runs the like of them under an open load and by the clock.
 */

import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import type { BalancerEvent } from '../src/chaos/events.ts';
import { Stand, statuses } from './support/stand.ts';

const QUICK = { health: { intervalMs: 200 } };
/** Ends a hang, no more. */
const WAIT = { timeout: 60_000 };
/** For what is said of times: again when it was the machine that stalled. */
const TIMED = { retry: 10 };

describe('gates', () => {
  it('SIGKILL of one of four under load fails no idempotent request', async () => {
    await using stand = await Stand.open({ count: 4, lb: QUICK });
    const answers = await stand.under(16, 'GET', async () => {
      for (const id of ['web-2', 'web-3']) {
        await stand.fleet.kill(id);
        await stand.untilState(id, 'down');
        await stand.fleet.restart(id);
        await stand.untilState(id, 'ready');
      }
    });
    expect(Object.keys(statuses(answers))).toEqual(['200']);
    expect(new Set(answers.map(({ backend }) => backend)).size).toBe(4);
  });

  it('SIGKILL under POSTs serves none twice, and fails only those that the killed backend was serving', async () => {
    await using stand = await Stand.open({ count: 4, lb: QUICK });
    const clients = 16;
    const answers = await stand.under(clients, 'POST', async () => {
      await stand.fleet.kill('web-2');
      await stand.untilState('web-2', 'down');
    });
    const { 200: _, ...failed } = statuses(answers);
    for (const status of Object.keys(failed)) expect(status).toBe('502');
    // A client waits for its answer: no more than one of its requests was at the dying backend.
    expect(failed[502] ?? 0).toBeLessThanOrEqual(clients);
    const { byRequest } = await stand.accounts();
    expect([...byRequest.values()].filter(({ started }) => started.length > 1)).toEqual([]);
  });

  // A POST may meet the very end of a kept connection, and HTTP leaves no safe way to repeat it.
  it('a rolling restart fails no idempotent request', async () => {
    await using stand = await Stand.open({ count: 3, lb: QUICK });
    const answers = await stand.under(8, 'GET', async () => {
      for (const id of stand.fleet.ids) {
        await stand.fleet.shutdown(id);
        await stand.untilState(id, 'down');
        await stand.fleet.restart(id);
        await stand.untilState(id, 'ready');
      }
    });
    expect(Object.keys(statuses(answers))).toEqual(['200']);
  });

  it(
    'a blackholed backend costs no request its answer, and gets none once it is known',
    TIMED,
    async () => {
      const health = { path: '/health', intervalMs: 200, timeoutMs: 500 };
      const retries = { on: ['connect', 'reset', 'timeout'] };
      const lb = { health, retries, timeouts: { responseHeadMs: 1_000 } };
      await using stand = await Stand.open({ count: 4, lb });
      const during = await stand.under(8, 'GET', async () => {
        await stand.fleet.setFault('web-2', { kind: 'blackhole', rate: 1 });
        await stand.untilState('web-2', 'down');
      });
      expect(Object.keys(statuses(during))).toEqual(['200']);
      const before = (await stand.backends()).find(({ id }) => id === 'web-2')?.failures;
      for (let i = 0; i < 50; i++) expect((await stand.send()).status).toBe(200);
      expect((await stand.backends()).find(({ id }) => id === 'web-2')?.failures).toBe(before);
    },
  );

  it('when all are down every client is told at once when to come back, and served when they do', async () => {
    await using stand = await Stand.open({ count: 2, lb: QUICK });
    for (const id of stand.fleet.ids) await stand.fleet.kill(id);
    expect([502, 503]).toContain((await stand.send()).status);
    await stand.until((backends) => backends.every(({ state }) => state === 'down'));
    const { status, headers } = await stand.send();
    expect(status).toBe(503);
    expect(headers['retry-after']).toMatch(/^\d+$/);
    for (const id of stand.fleet.ids) await stand.fleet.restart(id);
    await stand.until((backends) => backends.some(({ state }) => state === 'ready'));
    expect((await stand.send()).status).toBe(200);
  });

  // By the balancer's own log. A busy machine may delay one return or two, not most of them.
  it('serves again within a second of the return, by default settings', TIMED, async () => {
    await using stand = await Stand.open({ count: 2 });
    await using follower = await stand.follow();
    const delaysMs: number[] = [];
    for (let cycle = 0; cycle < 3; cycle++) {
      for (const id of stand.fleet.ids) await stand.fleet.kill(id);
      // The dial that is refused is what tells the balancer.
      while (!(await stand.backends()).every(({ state }) => state === 'down')) await stand.send();
      const known = follower.events.length;
      await Promise.all(
        stand.fleet.ids.map(async (id) => {
          await stand.fleet.restart(id);
          const returnedEpochMs = performance.timeOrigin + performance.now();
          await stand.untilState(id, 'ready');
          const isReady = ({ endpoint, to }: BalancerEvent): boolean =>
            endpoint === id && to === 'ready';
          await vi.waitUntil(() => follower.events.slice(known).some(isReady), WAIT);
          const readyEpochMs = follower.events.slice(known).find(isReady)?.epochMs ?? Infinity;
          delaysMs.push(readyEpochMs - returnedEpochMs);
        }),
      );
      expect((await stand.send()).status).toBe(200);
    }
    const median = delaysMs.sort((a, b) => a - b)[delaysMs.length / 2];
    expect(median).toBeLessThanOrEqual(1_000);
  });

  it('64 clients that hang up at once harm no backend', async () => {
    await using stand = await Stand.open({ count: 2, concurrency: 100, meanMs: 3_000 });
    const inFlight = (n: number) => (backends: Awaited<ReturnType<Stand['backends']>>) =>
      backends.reduce((sum, backend) => sum + backend.inFlight, 0) === n;
    const port = Number(new URL(stand.url).port);
    const sockets = Array.from({ length: 64 }, () => connect(port, '127.0.0.1'));
    for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await stand.until(inFlight(64));
    for (const socket of sockets) socket.destroy();
    await stand.until(inFlight(0));
    for (const { state, failures } of await stand.backends()) {
      expect([state, failures]).toEqual(['ready', 0]);
    }
    expect((await stand.send()).status).toBe(200);
  });

  it('retries stay below the budget when everything fails', async () => {
    const lb = { health: 'off', passive: 'off', retries: { on: ['status'] } };
    await using stand = await Stand.open({ count: 3, lb });
    for (const id of stand.fleet.ids) {
      await stand.fleet.setFault(id, { kind: 'error', rate: 1, status: 503, body: '' });
    }
    const startedMs = performance.now();
    const client = async (): Promise<void> => {
      for (let i = 0; i < 250; i++) await stand.send();
    };
    await Promise.all(Array.from({ length: 4 }, client));
    const windows = Math.ceil((performance.now() - startedMs) / 10_000);
    const { byRequest } = await stand.accounts();
    const attempts = [...byRequest.values()].reduce((sum, { started }) => sum + started.length, 0);
    const retries = attempts - byRequest.size;
    expect(byRequest.size).toBe(1_000);
    expect(retries).toBeGreaterThan(0);
    // Each first attempt deposits 0.2, and each 10 s have 100 free; unbounded it would be 2,000.
    expect(retries).toBeLessThanOrEqual(0.2 * 1_000 + 100 * windows);
  });

  it('goodput returns when an overload ends', async () => {
    await using stand = await Stand.open({ count: 2, concurrency: 2, queue: 5, meanMs: 50 });
    const storm = await Promise.all(Array.from({ length: 300 }, () => stand.send()));
    expect(statuses(storm)[503]).toBeGreaterThan(100);
    await stand.until((backends) => backends.some(({ state }) => state === 'ready'));
    for (let i = 0; i < 20; i++) expect((await stand.send()).status).toBe(200);
  });
});
