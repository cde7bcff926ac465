/**
 * A worker thread that starts attempts and ends all but some of them, and then waits to be ended.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { SharedCounters, type SharedCountersLayout } from '../../src/pool/shared-counters.ts';

/** What the thread is given. */
export interface CountingTask {
  readonly memory: SharedArrayBuffer;
  readonly layout: SharedCountersLayout;
  readonly worker: number;
  readonly rounds: number;
  /** Attempts at each slot that are still running in the end. */
  readonly left: number;
}

const { memory, layout, worker, rounds, left } = workerData as CountingTask;
const counters = new SharedCounters(memory, layout, worker);
for (let round = 0; round < rounds; round++) {
  const slot = round % layout.capacity;
  counters.started(slot, round % 3 === 0);
  counters.ended(slot, round % 2 === 0);
}
for (let slot = 0; slot < layout.capacity; slot++) {
  for (let i = 0; i < left; i++) counters.started(slot, false);
}
parentPort?.postMessage('done');
parentPort?.on('message', () => {});
