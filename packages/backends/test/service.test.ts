/** The service model as a client meets it: fixed work, a bounded queue, figures that add up. */

import type { ServiceSpec } from '@evenkeel/sim';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Fleet, type MemberStatus, startFleet } from '../src/index.ts';
import { ask, type Seen, spec, statusOf, until } from './support.ts';

const exponential = (meanMs: number): ServiceSpec => ({ distribution: 'exponential', meanMs });
const constant = (meanMs: number): ServiceSpec => ({ distribution: 'constant', meanMs });

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({
    backends: [
      spec('plain'),
      spec('exponential', { service: exponential(10) }),
      spec('narrow', { service: constant(100), concurrency: 1, queue: 1 }),
      spec('endless', { service: constant(60_000), concurrency: 1, queue: 1 }),
    ],
  });
});
afterAll(() => fleet.stop());
beforeEach(() => fleet.reset());

/** A service that goes on for longer than a test: the process ends with it. */
function useEndless(): string {
  onTestFinished(() => fleet.kill('endless'));
  return urlOf('endless');
}

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
  const url = useEndless();
  const leave = Promise.withResolvers<void>();
  const both = [ask(url, { leave: leave.promise }), ask(url, { leave: leave.promise })];
  await until(async () => (await status('endless')).requests === 2);
  expect(statusOf(await ask(url))).toBe(503);
  const counts = { requests: 3, peakInFlight: 3, rejected: 1, inFlight: 2 };
  expect(await status('endless')).toMatchObject(counts);
  leave.resolve();
  await Promise.all(both);
});

// Again when a busy machine kept the two so far apart that none had to wait.
test('what waits in the queue is served when a slot is free', { retry: 10 }, async () => {
  const both = [ask(urlOf('narrow')), ask(urlOf('narrow'))];
  expect((await Promise.all(both)).map(statusOf)).toEqual([200, 200]);
  const { busyMs, queueMs } = await status('narrow');
  expect(busyMs).toBeGreaterThanOrEqual(2 * (100 - 4));
  expect(queueMs).toBeGreaterThan(0);
});

test('a client that leaves in service keeps its slot, one that leaves the queue makes room', async () => {
  const url = useEndless();
  /** A client that stays until it is told to leave; the backend has its request when this resolves. */
  const arrives = async (): Promise<() => Promise<Seen>> => {
    const { requests } = await status('endless');
    const leave = Promise.withResolvers<void>();
    const seen = ask(url, { leave: leave.promise });
    await until(async () => (await status('endless')).requests > requests);
    return () => {
      leave.resolve();
      return seen;
    };
  };
  const [served, queued] = [await arrives(), await arrives()];
  await served();
  await until(async () => (await status('endless')).inFlight === 1);
  expect(statusOf(await ask(url))).toBe(503);
  await queued();
  await until(async () => (await status('endless')).inFlight === 0);
  const next = await arrives();
  expect(await status('endless')).toMatchObject({ rejected: 1, inFlight: 1 });
  await next();
});

test('a client that leaves in service is served', async () => {
  const leave = until(async () => (await status('narrow')).requests === 1);
  await ask(urlOf('narrow'), { leave });
  await until(async () => (await status('narrow')).busyMs >= 100 - 4);
});

test('a body is read whole before the request is served, and counted', async () => {
  const seen = await ask(urlOf('plain'), { method: 'POST', body: 'x'.repeat(100_000) });
  expect(JSON.parse(seen.body)).toMatchObject({ method: 'POST', bodyBytes: 100_000 });
});

test('figures of a killed process live on in the sum', async () => {
  const url = urlOf('plain');
  for (let i = 0; i < 5; i++) await ask(url);
  // A kill does not wait long for the last figures.
  expect(await status('plain')).toMatchObject({ requests: 5 });
  await fleet.kill('plain');
  expect(await status('plain')).toMatchObject({ state: 'dead', pid: null, requests: 5 });
  await fleet.restart('plain');
  await ask(url);
  expect(await status('plain')).toMatchObject({ state: 'running', requests: 6, restarts: 1 });
});
