/** Laws of who is hit by a fault, without a process around them. */

import { seededRandom } from '@evenkeel/core';
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { FaultSet, UNNAMED } from './fault-set.ts';

const faultSet = (seed = 1, id = 'a'): FaultSet => new FaultSet(id, seed, seededRandom(seed));
const named = (id: string, work?: string): { id: string; work: string | undefined } => ({
  id,
  work,
});

test.prop([
  fc.string(),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.double({ min: 0, max: 1, noNaN: true }),
])('who is hit at a rate is hit at every higher one', (id, seed, rate) => {
  const faults = faultSet(seed);
  faults.set({ kind: 'garbage', rate });
  const hit = faults.meets('garbage', named(id)) !== undefined;
  faults.set({ kind: 'garbage', rate: Math.min(1, rate + 0.1) });
  if (hit) expect(faults.meets('garbage', named(id))).toBeDefined();
});

test.prop([fc.string(), fc.option(fc.string(), { nil: undefined })])(
  'rate 1 hits every request, 0 none',
  (id, work) => {
    const faults = faultSet();
    faults.set({ kind: 'blackhole', rate: 1 });
    faults.set({ kind: 'garbage', rate: 0 });
    expect(faults.meets('blackhole', named(id, work))).toBeDefined();
    expect(faults.meets('garbage', named(id, work))).toBe(undefined);
  },
);

test('a rate hits its share of named and of unnamed requests, within four standard deviations', () => {
  const faults = faultSet();
  faults.set({ kind: 'garbage', rate: 0.1 });
  const count = 10_000;
  let hits = 0;
  let unnamedHits = 0;
  for (let i = 0; i < count; i++) {
    if (faults.meets('garbage', named(`request-${i}`, '0.5'))) hits++;
    if (faults.meets('garbage', UNNAMED)) unnamedHits++;
  }
  const slack = 4 * Math.sqrt(0.1 * 0.9 * count);
  expect(Math.abs(hits - 0.1 * count)).toBeLessThan(slack);
  expect(Math.abs(unnamedHits - 0.1 * count)).toBeLessThan(slack);
});

test('two faults hit independently of each other', () => {
  const faults = faultSet();
  faults.set({ kind: 'garbage', rate: 0.5 });
  faults.set({ kind: 'error', rate: 0.5, status: 500, body: '' });
  let both = 0;
  for (let i = 0; i < 10_000; i++) {
    const request = named(`request-${i}`);
    if (faults.meets('garbage', request) && faults.meets('error', request)) both++;
  }
  expect(Math.abs(both - 2500)).toBeLessThan(4 * Math.sqrt(0.25 * 0.75 * 10_000));
});

test('a fault that is not set, or was taken away, hits nobody', () => {
  const faults = faultSet();
  expect(faults.meets('garbage', named('x'))).toBe(undefined);
  faults.set({ kind: 'garbage', rate: 1 });
  faults.clear('garbage');
  expect(faults.meets('garbage', named('x'))).toBe(undefined);
});

test('failFirst counts requests, not hits, and begins anew when set', () => {
  const faults = faultSet();
  const failures = (count: number): number => {
    let failed = 0;
    for (let i = 0; i < count; i++) if (faults.failsFirst(named(`r${i}`))) failed++;
    return failed;
  };
  expect(failures(10)).toBe(0);
  faults.set({ kind: 'failFirst', rate: 1, n: 3, status: 503 });
  expect(failures(10)).toBe(3);
  faults.set({ kind: 'failFirst', rate: 0.5, n: 100, status: 503 });
  const half = failures(1000);
  expect(half).toBeGreaterThan(25);
  expect(half).toBeLessThan(75);
});

test('leak adds up over the requests that it hits, and is gone when taken away', () => {
  const faults = faultSet();
  faults.served(named('x'));
  expect(faults.leakedMs).toBe(0);
  faults.set({ kind: 'leak', rate: 1, msPerRequest: 2 });
  for (let i = 0; i < 5; i++) faults.served(named(`r${i}`));
  expect(faults.leakedMs).toBe(10);
  faults.clear('leak');
  expect(faults.leakedMs).toBe(0);
});
