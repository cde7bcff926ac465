/** The service model as a client meets it: fixed work, a bounded queue, figures that add up. */

import { afterEach, expect, test } from 'vitest';
import { type Fleet, type MemberStatus, startFleet } from '../src/index.ts';
import { ask, spec, statusOf, until } from './support.ts';

let fleet: Fleet | undefined;
afterEach(() => fleet?.stop());

async function start(changes: Parameters<typeof spec>[1]): Promise<string> {
  fleet = await startFleet({ backends: [spec('a', changes)] });
  return fleet.urls[0]!;
}
const status = async (): Promise<MemberStatus> => (await fleet!.list())[0]!;

test('X-Work fixes the service time: u goes through the distribution', async () => {
  const url = await start({ service: { distribution: 'exponential', meanMs: 50 } });
  await ask(url, { headers: { 'x-work': '0.5' } });
  expect((await status()).busyMs).toBeGreaterThanOrEqual(50 * Math.LN2 - 0.6);
  await fleet!.reset();
  await ask(url, { headers: { 'x-work': '0' } });
  expect((await status()).busyMs).toBeLessThan(50 * Math.LN2);
});

test('X-Work 1 is the far end of the distribution, not for ever', async () => {
  const url = await start({ service: { distribution: 'exponential', meanMs: 5 } });
  const seen = await ask(url, { headers: { 'x-work': '1' } });
  expect(statusOf(seen)).toBe(200);
  expect(seen.firstMs).toBeGreaterThanOrEqual(5 * 32 * Math.LN2 - 1);
});

test.each(['1.01', '-0.1', 'half', ''])('X-Work "%s" is refused by a clear line', async (work) => {
  const url = await start({});
  const seen = await ask(url, { headers: { 'x-work': work } });
  expect(statusOf(seen)).toBe(400);
  expect(JSON.parse(seen.body).error).toBe(`X-Work must be a number from 0 to 1, got "${work}"`);
});

test('what exceeds slots and queue is answered 503 at once', async () => {
  const service = { distribution: 'constant', meanMs: 400 } as const;
  const url = await start({ concurrency: 1, queue: 1, service });
  const first = ask(url);
  await until(async () => (await status()).requests === 1);
  const second = ask(url);
  await until(async () => (await status()).requests === 2);
  const third = await ask(url);
  expect(statusOf(third)).toBe(503);
  expect([statusOf(await first), statusOf(await second)]).toEqual([200, 200]);
  expect((await second).endMs).toBeGreaterThan(third.endMs);
  const { requests, peakInFlight, rejected, inFlight, busyMs, queueMs } = await status();
  expect({ requests, peakInFlight, rejected, inFlight }).toEqual({
    requests: 3,
    peakInFlight: 3,
    rejected: 1,
    inFlight: 0,
  });
  expect(busyMs).toBeGreaterThanOrEqual(798);
  expect(queueMs).toBeGreaterThan(0);
});

test('a client that leaves the queue is not served; one that leaves in service is', async () => {
  const service = { distribution: 'constant', meanMs: 600 } as const;
  const url = await start({ concurrency: 1, queue: 5, service });
  await Promise.all([ask(url, { watchMs: 250 }), ask(url, { watchMs: 250 })]);
  await until(async () => (await status()).inFlight === 0);
  expect(statusOf(await ask(url))).toBe(200);
  const { requests, busyMs } = await status();
  expect(requests).toBe(3);
  expect(busyMs).toBeGreaterThanOrEqual(1199);
  expect(busyMs).toBeLessThan(1799);
});

test('a body is read whole before the request is served, and counted', async () => {
  const url = await start({});
  const seen = await ask(url, { method: 'POST', body: 'x'.repeat(100_000) });
  expect(JSON.parse(seen.body)).toMatchObject({ method: 'POST', bodyBytes: 100_000 });
});

test('figures of a killed process live on in the sum', async () => {
  const url = await start({});
  for (let i = 0; i < 5; i++) await ask(url);
  await fleet!.kill('a');
  expect(await status()).toMatchObject({ state: 'dead', pid: null, requests: 5 });
  await fleet!.restart('a');
  await ask(url);
  expect(await status()).toMatchObject({ state: 'running', requests: 6, restarts: 1 });
});
