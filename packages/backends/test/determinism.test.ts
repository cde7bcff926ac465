/** One seed gives one behaviour: who is hit by a fault is a property of the request, not of the run. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fleet, startFleet } from '../src/index.ts';
import { ask, type Seen, spec, statusOf } from './support.ts';

const IDS = Array.from({ length: 60 }, (_, i) => `request-${i}`);
const HALF = { kind: 'error', rate: 0.5, status: 500, body: '' } as const;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ backends: [spec('a'), spec('b')], seed: 1 });
});
afterAll(() => fleet.stop());

const asked = (url: string, id: string, work = '0.5'): Promise<Seen> =>
  ask(url, { headers: { 'x-request-id': id, 'x-work': work } });

/** Which of the requests failed at a backend, as a string of 0 and 1. */
async function pattern(of: Fleet, backend: number, ids = IDS, work?: string): Promise<string> {
  const failed = new Map<string, string>();
  for (const id of ids) {
    failed.set(id, statusOf(await asked(of.urls[backend]!, id, work)) === 500 ? '1' : '0');
  }
  return IDS.map((id) => failed.get(id)).join('');
}

test('a request meets the same faults in any order, after a restart and in another fleet', async () => {
  await fleet.setFault('a', HALF);
  const first = await pattern(fleet, 0);
  expect(await pattern(fleet, 0, [...IDS].reverse())).toBe(first);
  await fleet.restart('a');
  expect(await pattern(fleet, 0)).toBe(first);
  const other = await startFleet({ backends: [spec('a')], seed: 1 });
  try {
    await other.setFault('a', HALF);
    expect(await pattern(other, 0)).toBe(first);
  } finally {
    await other.stop();
  }
});

test('another backend, work, seed or kind of fault throws its own dice', async () => {
  await fleet.setFault('a', HALF);
  await fleet.setFault('b', HALF);
  const first = await pattern(fleet, 0);
  expect(await pattern(fleet, 1)).not.toBe(first);
  expect(await pattern(fleet, 0, IDS, '0.25')).not.toBe(first);
  await fleet.clearFaults('a');
  await fleet.setFault('a', { kind: 'fastError', rate: 0.5, status: 500 });
  expect(await pattern(fleet, 0)).not.toBe(first);
  const other = await startFleet({ backends: [spec('a')], seed: 2 });
  try {
    await other.setFault('a', HALF);
    expect(await pattern(other, 0)).not.toBe(first);
  } finally {
    await other.stop();
  }
});

test('a rate hits about its share of the requests, and 0 hits none', async () => {
  await fleet.reset();
  await fleet.setFault('a', { ...HALF, rate: 0.25 });
  const hits = (await pattern(fleet, 0)).replaceAll('0', '').length;
  expect(hits).toBeGreaterThan(3);
  expect(hits).toBeLessThan(30);
  await fleet.setFault('a', { ...HALF, rate: 0 });
  expect(await pattern(fleet, 0)).toMatch(/^0+$/);
});

test('garbage is the same for the same request', async () => {
  await fleet.reset();
  await fleet.setFault('a', { kind: 'garbage', rate: 1 });
  const [one, again, other] = [
    await asked(fleet.urls[0]!, 'x'),
    await asked(fleet.urls[0]!, 'x'),
    await asked(fleet.urls[0]!, 'y'),
  ];
  expect(one.octets.equals(again.octets)).toBe(true);
  expect(one.octets.equals(other.octets)).toBe(false);
});
