/** The generator's own process: takes jobs from its parent one at a time, and ends with it. */

import { setPriority } from 'node:os';
import { runClosedLoop } from './closed-loop.ts';
import type { Job, Progress, Samples } from './job.ts';
import { runOpenLoop } from './open-loop.ts';

/** What the worker says to its parent. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly samples: Samples }
  | { readonly kind: 'failed'; readonly message: string };

function say(message: WorkerMessage): void {
  // The parent may have gone in the meantime: 'disconnect' ends this process.
  if (process.connected) process.send?.(message);
}

function run(job: Job, onProgress: (progress: Progress) => void): Promise<Samples> {
  return job.kind === 'open' ? runOpenLoop(job, onProgress) : runClosedLoop(job, onProgress);
}

/** Ahead of the programs that it measures, where the system allows it (root): it has to be on time. */
const AHEAD = -10;

try {
  setPriority(AHEAD);
} catch {
  // Not ours to decide; how late it is gets measured anyway.
}

process.on('disconnect', () => process.exit(0));
// An interrupt at the terminal reaches the whole group; the parent decides when this one ends.
process.on('SIGINT', () => {});
process.on('message', (job: Job) => {
  run(job, (progress) => say({ kind: 'progress', progress })).then(
    (samples) => say({ kind: 'done', samples }),
    (error: unknown) => say({ kind: 'failed', message: String(error) }),
  );
});
