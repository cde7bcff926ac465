/** The service model as a client meets it: fixed work, a bounded queue, figures that add up. */

import type { ServiceSpec } from '@evenkeel/sim';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Fleet, type MemberStatus, startFleet } from '../src/index.ts';
import { ask, spec, statusOf, until } from './support.ts';

const exponential = (meanMs: number): ServiceSpec => ({ distribution: 'exponential', meanMs });
const constant = (meanMs: number): ServiceSpec => ({ distribution: 'constant', meanMs });

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({
    backends: [
      spec('plain'),
      spec('exponential', { service: exponential(10) }),
      spec('narrow', { service: constant(500), concurrency: 1, queue: 1 }),
    ],
  });
});
afterAll(() => fleet.stop());
beforeEach(() => fleet.reset());

const urlOf = (id: string): string => fleet.urls[fleet.ids.indexOf(id)]!;
const status = (id: string): Promise<MemberStatus> => fleet.status(id);

test('X-Work fixes the service time: u goes through the distribution', async () => {
  const work = async (u: string): Promise<number> => {
    const before = (await status('exponential')).busyMs;
    await ask(urlOf('exponential'), { headers: { 'x-work': u } });
    return (await status('exponential')).busyMs - before;
  };
  expect(await work('0.999')).toBeGreaterThanOrEqual(10 * Math.log(1000) - 4);
  expect(await work('0.5')).toBeGreaterThanOrEqual(10 * Math.LN2 - 4);
  expect(await work('0')).toBeLessThan(10 * Math.LN2);
});

test('X-Work 1 is the far end of the distribution, not for ever', async () => {
  const seen = await ask(urlOf('exponential'), { headers: { 'x-work': '1' } });
  expect(statusOf(seen)).toBe(200);
  expect(seen.firstMs).toBeGreaterThanOrEqual(10 * 32 * Math.LN2 - 4);
});

test.each(['1.01', '-0.1', 'half', ''])('X-Work "%s" is refused by a clear line', async (work) => {
  const seen = await ask(urlOf('plain'), { headers: { 'x-work': work } });
  expect(statusOf(seen)).toBe(400);
  expect(JSON.parse(seen.body).error).toBe(`X-Work must be a number from 0 to 1, got "${work}"`);
});

test('what exceeds slots and queue is answered 503 at once', async () => {
  const url = urlOf('narrow');
  const first = ask(url);
  await until(async () => (await status('narrow')).requests === 1);
  const second = ask(url);
  await until(async () => (await status('narrow')).requests === 2);
  const third = await ask(url);
  expect(statusOf(third)).toBe(503);
  expect([statusOf(await first), statusOf(await second)]).toEqual([200, 200]);
  const { busyMs, queueMs, ...counts } = await status('narrow');
  expect(counts).toMatchObject({ requests: 3, peakInFlight: 3, rejected: 1, inFlight: 0 });
  expect(busyMs).toBeGreaterThanOrEqual(996);
  expect(queueMs).toBeGreaterThan(0);
});

test('a client that leaves the queue is not served; one that leaves in service is', async () => {
  await Promise.all([
    ask(urlOf('narrow'), { watchMs: 250 }),
    ask(urlOf('narrow'), { watchMs: 250 }),
  ]);
  await until(async () => (await status('narrow')).inFlight === 0);
  expect(statusOf(await ask(urlOf('narrow')))).toBe(200);
  const { requests, busyMs } = await status('narrow');
  expect(requests).toBe(3);
  expect(busyMs).toBeGreaterThanOrEqual(996);
  expect(busyMs).toBeLessThan(1490);
});

test('a body is read whole before the request is served, and counted', async () => {
  const seen = await ask(urlOf('plain'), { method: 'POST', body: 'x'.repeat(100_000) });
  expect(JSON.parse(seen.body)).toMatchObject({ method: 'POST', bodyBytes: 100_000 });
});

test('figures of a killed process live on in the sum', async () => {
  const url = urlOf('plain');
  for (let i = 0; i < 5; i++) await ask(url);
  await fleet.kill('plain');
  expect(await status('plain')).toMatchObject({ state: 'dead', pid: null, requests: 5 });
  await fleet.restart('plain');
  await ask(url);
  expect(await status('plain')).toMatchObject({ state: 'running', requests: 6, restarts: 1 });
});
