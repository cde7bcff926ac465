/** A worker thread of a sweep: does one task at a time. */

import { parentPort } from 'node:worker_threads';
import { runTask, type SimTask } from './task.ts';

parentPort?.on('message', (task: SimTask) => {
  parentPort?.postMessage(runTask(task));
});
