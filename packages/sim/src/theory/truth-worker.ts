/** A worker thread of `pnpm sim truth`. */

import { parentPort } from 'node:worker_threads';
import { runTruth, type TruthTask } from './truth-run.ts';

parentPort?.on('message', (task: TruthTask) => {
  parentPort?.postMessage(runTruth(task));
});
