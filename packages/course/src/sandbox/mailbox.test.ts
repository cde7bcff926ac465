/** The mailbox between the judge, which sleeps, and the thread with the pipes. */

import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { collect, createMailbox, deliver, empty } from './mailbox.ts';

/** Another thread, which wakes the sleeper without a letter, again and again. */
function rouser(control: Int32Array): Worker {
  const code = `const { workerData } = require('node:worker_threads');
    setInterval(() => Atomics.notify(workerData, 0), 5);`;
  return new Worker(code, { eval: true, workerData: control });
}

test('a call to wake up that came late ends no sleep', async () => {
  const box = createMailbox(64);
  const worker = rouser(box.control);
  await new Promise((resolve) => worker.once('online', resolve));
  const before = performance.now();
  expect(collect(box, 200)).toEqual({ kind: 'late' });
  expect(performance.now() - before).toBeGreaterThan(190);
  await worker.terminate();
});

test('the news of an end never replaces an answer', () => {
  const box = createMailbox(64);
  deliver(box, 'answer', 'yes');
  deliver(box, 'ended', 'killed');
  expect(collect(box, 0)).toEqual({ kind: 'answer', text: 'yes' });
  empty(box);
  deliver(box, 'ended', 'killed');
  expect(collect(box, 0)).toEqual({ kind: 'ended', text: 'killed' });
});
