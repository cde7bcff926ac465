/**
 * Threads that count at the same time in one memory: nothing is lost, and a dead one's share is
 * taken back.
 */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { SharedCounters, sharedCountersBytes } from '../src/pool/shared-counters.ts';
import type { CountingTask } from './support/counting-worker.ts';

const LAYOUT = { capacity: 4, workers: 3 };
const ROUNDS = 60_000;
const WORKER = new URL('./support/counting-worker.ts', import.meta.url);

test('of threads that count at once nothing is lost, and a dead one leaves nothing in flight', async () => {
  const memory = new SharedArrayBuffer(sharedCountersBytes(LAYOUT));
  const threads = [1, 2].map((worker) => {
    const workerData: CountingTask = {
      memory,
      layout: LAYOUT,
      worker,
      rounds: ROUNDS,
      left: worker,
    };
    return new Worker(WORKER, { workerData });
  });
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  const counters = new SharedCounters(memory, LAYOUT, 0);
  const slots = [0, 1, 2, 3];
  expect(slots.map((slot) => counters.inFlight(slot))).toEqual([3, 3, 3, 3]);
  expect(slots.reduce((sum, slot) => sum + counters.requests(slot), 0)).toBe(2 * ROUNDS + 4 * 3);
  expect(slots.reduce((sum, slot) => sum + counters.failures(slot), 0)).toBe(ROUNDS);
  await threads[1]!.terminate();
  counters.recover(2);
  expect(slots.map((slot) => counters.inFlight(slot))).toEqual([1, 1, 1, 1]);
  await threads[0]!.terminate();
  counters.recover(1);
  expect(slots.map((slot) => counters.inFlight(slot))).toEqual([0, 0, 0, 0]);
});
