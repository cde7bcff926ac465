/** What a client sees of each fault, over real processes and raw sockets. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BackendStats, type Fleet, type StandingFault, startFleet } from '../src/index.ts';
import { ask, field, type Seen, spec, statusOf, until } from './support.ts';

let fleet: Fleet;
let url: string;

beforeAll(async () => {
  fleet = await startFleet({ backends: [spec('a')], seed: 7 });
  url = fleet.urls[0]!;
});
afterAll(() => fleet.stop());
beforeEach(() => fleet.reset());

const set = (fault: StandingFault): Promise<void> => fleet.setFault('a', fault);
const count = async (): Promise<BackendStats> => (await fleet.list())[0]!;
const health = (watchMs = 20_000): Promise<Seen> => ask(url, { path: '/health', watchMs });

/** The answer is whole: as many bytes as promised, then a clean end. */
function expectWhole(seen: Seen): void {
  expect(seen.end).toBe('fin');
  expect(seen.body.length).toBe(Number(field(seen, 'content-length')));
}

test('without faults any path is answered with which backend served it', async () => {
  const seen = await ask(url, { method: 'DELETE', path: '/some/where?x=1' });
  expectWhole(seen);
  expect(statusOf(seen)).toBe(200);
  expect(field(seen, 'x-backend')).toBe('a');
  const [status] = await fleet.list();
  const report = { id: 'a', pid: status!.pid, n: 1, method: 'DELETE', url: '/some/where?x=1' };
  expect(JSON.parse(seen.body)).toEqual({ ...report, bodyBytes: 0 });
});

test('error answers its status and body, and leaves the health check alone', async () => {
  await set({ kind: 'error', rate: 1, status: 418, body: 'short and stout' });
  const seen = await ask(url);
  expectWhole(seen);
  expect([statusOf(seen), seen.body]).toEqual([418, 'short and stout']);
  expect(statusOf(await health())).toBe(200);
});

test('latency delays the answer by no less than it says', async () => {
  await set({ kind: 'latency', rate: 1, latencyMs: 150, jitterMs: 0, distribution: 'uniform' });
  const seen = await ask(url);
  expectWhole(seen);
  expect(seen.firstMs).toBeGreaterThanOrEqual(149);
});

// Again when a stall of this process, and not the jitter, said when the answers were seen.
test('jitter adds up to its value, its own for each request', { retry: 10 }, async () => {
  await set({ kind: 'latency', rate: 1, latencyMs: 50, jitterMs: 600, distribution: 'uniform' });
  const ids = ['1', '2', '3', '4', '5', '6', '7', '8'];
  const all = await Promise.all(ids.map((id) => ask(url, { headers: { 'x-request-id': id } })));
  const delays = all.map((seen) => seen.firstMs);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(49);
  expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(100);
});

test('failFirst fails the first n requests since it was set, then no more', async () => {
  const failFirst = { kind: 'failFirst', rate: 1, n: 2, status: 502 } as const;
  const statuses = async (count: number): Promise<number[]> => {
    const seen: number[] = [];
    for (let i = 0; i < count; i++) seen.push(statusOf(await ask(url)));
    return seen;
  };
  await set(failFirst);
  expect(await statuses(4)).toEqual([502, 502, 200, 200]);
  await set({ kind: 'bandwidth', rate: 1, bytesPerSecond: 1e6 });
  expect(await statuses(1), 'another fault does not start it anew').toEqual([200]);
  await set(failFirst);
  expect(await statuses(3)).toEqual([502, 502, 200]);
  await fleet.restart('a');
  expect(await statuses(3), 'a new process begins anew').toEqual([502, 502, 200]);
});

test('fastError answers at once without work, and the health check never notices', async () => {
  await set({ kind: 'fastError', rate: 1, status: 503 });
  const seen = await ask(url);
  expectWhole(seen);
  expect(statusOf(seen)).toBe(503);
  expect(statusOf(await health())).toBe(200);
});

test('reset before the head ends by RST with nothing said', async () => {
  await set({ kind: 'reset', rate: 1, when: 'before-head' });
  const seen = await ask(url);
  expect(seen.end).toBe('reset');
  expect(seen.bytes.length).toBe(0);
});

test('reset in mid-body ends by RST after the head and half of the body', async () => {
  await set({ kind: 'reset', rate: 1, when: 'mid-body' });
  const seen = await ask(url);
  expect(seen.end).toBe('reset');
  expect(statusOf(seen)).toBe(200);
  expect(seen.body.length).toBe(Math.floor(Number(field(seen, 'content-length')) / 2));
});

test('blackhole accepts and never answers, the health check included', async () => {
  await set({ kind: 'blackhole', rate: 1 });
  const [seen, probe] = await Promise.all([ask(url, { watchMs: 300 }), health(300)]);
  expect([seen.end, seen.bytes.length]).toEqual(['open', 0]);
  expect([probe.end, probe.bytes.length]).toEqual(['open', 0]);
  await fleet.clearFaults('a', 'blackhole');
  expect(statusOf(await ask(url))).toBe(200);
});

test('healthLie answers the health check as it likes, even in a blackhole', async () => {
  await set({ kind: 'healthLie', rate: 1, status: 500 });
  expect(statusOf(await health())).toBe(500);
  expect(statusOf(await ask(url))).toBe(200);
  await set({ kind: 'healthLie', rate: 1, status: 200 });
  await set({ kind: 'blackhole', rate: 1 });
  expect(statusOf(await health())).toBe(200);
  expect((await ask(url, { watchMs: 200 })).end).toBe('open');
});

test('truncate promises more than it sends and ends by FIN', async () => {
  await set({ kind: 'truncate', rate: 1, bytes: 10 });
  const seen = await ask(url);
  expect(seen.end).toBe('fin');
  expect(seen.body.length).toBe(10);
  expect(Number(field(seen, 'content-length'))).toBeGreaterThan(10);
});

test('truncate cuts even what is shorter than its limit', async () => {
  await set({ kind: 'truncate', rate: 1, bytes: 1 << 20 });
  const seen = await ask(url);
  expect(seen.body.length).toBe(Number(field(seen, 'content-length')) - 1);
});

test('garbage is not HTTP, and ends by FIN', async () => {
  await set({ kind: 'garbage', rate: 1 });
  const seen = await ask(url);
  expect(seen.end).toBe('fin');
  expect(seen.bytes.length).toBe(64);
  expect(seen.bytes.toString('latin1')).not.toMatch(/^HTTP/);
});

test('bandwidth sends the whole answer no faster than it says', async () => {
  await set({ kind: 'bandwidth', rate: 1, bytesPerSecond: 250 });
  const seen = await ask(url);
  expectWhole(seen);
  expect(seen.endMs).toBeGreaterThanOrEqual((1000 * seen.body.length) / 250 - 1);
});

test('slowClose answers in time and closes late', async () => {
  await set({ kind: 'slowClose', rate: 1, delayMs: 250 });
  const seen = await ask(url, { headers: { connection: 'keep-alive' } });
  expectWhole(seen);
  expect(field(seen, 'connection')).toBe('close');
  expect(seen.endMs).toBeGreaterThanOrEqual(249);
  await set({ kind: 'slowClose', rate: 1, delayMs: 60_000 });
  expect((await ask(url, { untilWhole: true })).end).toBe('open');
});

test('leak slows each request down by what those before it left, until a restart', async () => {
  await set({ kind: 'leak', rate: 1, msPerRequest: 40 });
  for (let i = 0; i < 3; i++) await ask(url);
  const busyMs = async (): Promise<number> => (await count()).busyMs;
  expect(await busyMs()).toBeGreaterThanOrEqual(0 + 40 + 80 - 1.5);
  await fleet.restart('a');
  const before = await busyMs();
  await ask(url);
  expect((await busyMs()) - before).toBeLessThan(40);
  await ask(url);
  await fleet.clearFaults('a', 'leak');
  const leaked = await busyMs();
  await ask(url);
  expect((await busyMs()) - leaked, 'taken away, it is gone').toBeLessThan(40);
});

describe('refuse', () => {
  test('refuses connections, probes too, until taken away; the port stays', async () => {
    await set({ kind: 'refuse', rate: 1 });
    expect((await ask(url)).end).toBe('refused');
    expect((await health()).end).toBe('refused');
    await fleet.clearFaults('a');
    expect(statusOf(await ask(url))).toBe(200);
  });

  test('closes kept-alive connections too', async () => {
    const headers = { connection: 'keep-alive' };
    const idle = ask(url, { headers });
    await until(async () => (await count()).requests === 1 && (await count()).inFlight === 0);
    const refused = Promise.withResolvers<void>();
    const busy = ask(url, { method: 'POST', headers, body: 'x', bodyAfter: refused.promise });
    await until(async () => (await count()).inFlight === 1);
    await set({ kind: 'refuse', rate: 1 });
    expect((await idle).end).toBe('fin');
    refused.resolve();
    expectWhole(await busy);
    expect(field(await busy, 'connection')).toBe('close');
  });

  test('with a rate refuses for that share of the time', async () => {
    await set({ kind: 'refuse', rate: 0.5 });
    const seen = { refused: 0, served: 0 };
    // Not so many tries: a backend that a busy machine stalls while it refuses does so for long.
    await until(async () => {
      seen[(await ask(url)).end === 'refused' ? 'refused' : 'served']++;
      return seen.refused > 15 && seen.served > 15;
    });
  });

  test('survives a restart', async () => {
    await set({ kind: 'refuse', rate: 1 });
    await fleet.restart('a');
    expect((await ask(url)).end).toBe('refused');
  });
});

describe('combined', () => {
  test('latency, error, bandwidth and truncate all show in one answer', async () => {
    await set({ kind: 'latency', rate: 1, latencyMs: 100, jitterMs: 0, distribution: 'uniform' });
    await set({ kind: 'error', rate: 1, status: 500, body: 'x'.repeat(100) });
    await set({ kind: 'bandwidth', rate: 1, bytesPerSecond: 200 });
    await set({ kind: 'truncate', rate: 1, bytes: 40 });
    const seen = await ask(url);
    expect([statusOf(seen), seen.body, seen.end]).toEqual([500, 'x'.repeat(40), 'fin']);
    expect(field(seen, 'content-length')).toBe('100');
    expect(seen.firstMs).toBeGreaterThanOrEqual(99);
    expect(seen.endMs).toBeGreaterThanOrEqual(99 + 199);
  });

  test('reset comes at the end of a trickle', async () => {
    await set({ kind: 'error', rate: 1, status: 500, body: 'x'.repeat(100) });
    await set({ kind: 'bandwidth', rate: 1, bytesPerSecond: 500 });
    await set({ kind: 'reset', rate: 1, when: 'mid-body' });
    const seen = await ask(url);
    expect([seen.body.length, seen.end]).toEqual([50, 'reset']);
    expect(seen.endMs).toBeGreaterThanOrEqual(99);
  });

  test('slowClose holds back the end of a truncated answer', async () => {
    await set({ kind: 'truncate', rate: 1, bytes: 5 });
    await set({ kind: 'slowClose', rate: 1, delayMs: 200 });
    const seen = await ask(url);
    expect([seen.body.length, seen.end]).toEqual([5, 'fin']);
    expect(seen.endMs).toBeGreaterThanOrEqual(199);
  });

  test('the health check answers 200 under all faults of single requests at once', async () => {
    const rate = 1;
    await set({ kind: 'latency', rate, latencyMs: 60_000, jitterMs: 0, distribution: 'uniform' });
    await set({ kind: 'error', rate, status: 500, body: '' });
    await set({ kind: 'failFirst', rate, n: 1000, status: 503 });
    await set({ kind: 'reset', rate, when: 'before-head' });
    await set({ kind: 'bandwidth', rate, bytesPerSecond: 1 });
    await set({ kind: 'slowClose', rate, delayMs: 60_000 });
    await set({ kind: 'truncate', rate, bytes: 0 });
    await set({ kind: 'garbage', rate });
    await set({ kind: 'fastError', rate, status: 503 });
    await set({ kind: 'leak', rate, msPerRequest: 60_000 });
    const probe = await health();
    expectWhole(probe);
    expect(statusOf(probe)).toBe(200);
  });
});
