/** Weights count where no strategy is named, whoever sets them and whenever. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { configFor, type Running, startBalancer } from './balancer.ts';
import { type Backend, startBackend } from './support.ts';

let a: Backend;
let b: Backend;
let running: Running;

beforeEach(async () => {
  [a, b] = [await startBackend('a'), await startBackend('b')];
});

afterEach(async () => {
  await running.balancer.destroy();
  await Promise.all([a.stop(), b.stop()]);
});

/** @returns what each backend got of 12 requests */
async function shares(): Promise<[number, number]> {
  const before = [a.requests, b.requests] as const;
  for (let i = 0; i < 12; i++) await running.get();
  return [a.requests - before[0], b.requests - before[1]];
}

const setWeight = (weight: number): Promise<Response> => {
  const body = JSON.stringify({ weight });
  return fetch(`${running.adminUrl}/backends/a`, { method: 'PATCH', body });
};

test('those of the file, and those that an operator sets', async () => {
  const backends = [
    { url: a.url, id: 'a', weight: 3 },
    { url: b.url, id: 'b' },
  ];
  running = await startBalancer(configFor([], { backends }));
  expect(await shares()).toEqual([9, 3]);
  await setWeight(1);
  expect(await shares()).toEqual([6, 6]);
  await setWeight(5);
  expect(await shares()).toEqual([10, 2]);
});

test('not where round-robin is what was asked for', async () => {
  running = await startBalancer(configFor([a, b], { strategy: 'round-robin' }));
  await setWeight(5);
  expect(await shares()).toEqual([6, 6]);
});
