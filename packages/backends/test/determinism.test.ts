/** One seed gives one behaviour: which faults a request meets depends on its index in the plan, not on the run. */

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Fleet, startFleet } from '../src/index.ts';
import { ask, spec, statusOf } from './support.ts';

const INDEXES = Array.from({ length: 60 }, (_, i) => i);
const HALF = { kind: 'error', rate: 0.5, status: 500, body: '' } as const;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ backends: [spec('a'), spec('b')], seed: 1 });
});
afterAll(() => fleet.stop());
beforeEach(() => fleet.reset());

type Headers = Readonly<Record<string, string>>;
const numbered = (index: number): Headers => ({ 'x-work-index': String(index) });

/** Which of the requests failed at a backend, as a string of 0 and 1. */
async function pattern(
  of: Fleet,
  backend: number,
  headers: (index: number) => Headers = numbered,
  order = INDEXES,
): Promise<string> {
  const failed = new Map<number, string>();
  for (const i of order) {
    const seen = await ask(of.urls[backend]!, { headers: headers(i) });
    failed.set(i, statusOf(seen) === 500 ? '1' : '0');
  }
  return INDEXES.map((i) => failed.get(i)).join('');
}

async function withFleet<T>(seed: number, use: (other: Fleet) => Promise<T>): Promise<T> {
  const other = await startFleet({ backends: [spec('a')], seed });
  try {
    return await use(other);
  } finally {
    await other.stop();
  }
}

test('a request meets the same faults in any order, after a restart and in another fleet', async () => {
  await fleet.setFault('a', HALF);
  const first = await pattern(fleet, 0);
  expect(first).toMatch(/01|10/);
  expect(await pattern(fleet, 0, numbered, [...INDEXES].reverse())).toBe(first);
  await fleet.restart('a');
  expect(await pattern(fleet, 0)).toBe(first);
  const elsewhere = await withFleet(1, async (other) => {
    await other.setFault('a', HALF);
    return await pattern(other, 0);
  });
  expect(elsewhere).toBe(first);
});

test('two arms of a round meet the same faults: neither the id nor the work of a request takes part', async () => {
  await fleet.beginFault('a', { index: 0, fault: HALF }, false);
  const arm = (name: string): Promise<string> =>
    pattern(fleet, 0, (i) => ({
      ...numbered(i),
      'x-request-id': `${name}-${i}`,
      'x-work': String(i / 60),
    }));
  const first = await arm('one-slow-4711-1');
  expect(await arm('one-slow-4711-2')).toBe(first);
  expect(await pattern(fleet, 0)).toBe(first);
});

test('another backend, seed, kind or index of a fault is drawn for itself', async () => {
  await fleet.setFault('a', HALF);
  await fleet.setFault('b', HALF);
  const first = await pattern(fleet, 0);
  expect(await pattern(fleet, 1)).not.toBe(first);
  await fleet.clearFaults('a');
  await fleet.setFault('a', { kind: 'fastError', rate: 0.5, status: 500 });
  expect(await pattern(fleet, 0)).not.toBe(first);
  await fleet.clearFaults('a');
  await fleet.beginFault('a', { index: 3, fault: HALF }, false);
  expect(await pattern(fleet, 0)).not.toBe(first);
  const otherSeed = await withFleet(2, async (other) => {
    await other.setFault('a', HALF);
    return await pattern(other, 0);
  });
  expect(otherSeed).not.toBe(first);
});

test("requests without an index are drawn from the backend's own stream, which its seed fixes", async () => {
  const draws = (): Promise<string> =>
    withFleet(9, async (other) => {
      await other.setFault('a', HALF);
      return await pattern(other, 0, (i) => ({ 'x-request-id': `${i}` }));
    });
  const first = await draws();
  expect(first).toMatch(/01|10/);
  expect(await draws()).toBe(first);
});

test('a rate hits about its share of the requests, and 0 hits none', async () => {
  await fleet.setFault('a', { ...HALF, rate: 0.25 });
  const hits = (await pattern(fleet, 0)).replaceAll('0', '').length;
  expect(hits).toBeGreaterThan(3);
  expect(hits).toBeLessThan(30);
  await fleet.setFault('a', { ...HALF, rate: 0 });
  expect(await pattern(fleet, 0)).toMatch(/^0+$/);
});

test('garbage is the same for the same request', async () => {
  await fleet.setFault('a', { kind: 'garbage', rate: 1 });
  const bytes = async (index: number): Promise<Buffer> =>
    (await ask(fleet.urls[0]!, { headers: numbered(index) })).bytes;
  const [one, again, other] = [await bytes(1), await bytes(1), await bytes(2)];
  expect(one.equals(again)).toBe(true);
  expect(one.equals(other)).toBe(false);
});

test.each(['-1', '1.5', 'x', ''])('an X-Work-Index of "%s" is answered 400', async (index) => {
  const seen = await ask(fleet.urls[0]!, { headers: { 'x-work-index': index } });
  expect(statusOf(seen)).toBe(400);
  expect(seen.body).toContain('X-Work-Index must be an integer');
});
