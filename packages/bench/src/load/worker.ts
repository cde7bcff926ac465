/** A generator's own process: takes jobs from its parent one at a time, and ends with it. */

import { runClosedLoop } from './closed-loop.ts';
import type { Job, Progress, Samples } from './job.ts';
import { runOpenLoop } from './open-loop.ts';
import { standAhead } from './priority.ts';

/**
 * What the parent says: first the job, and once it lies here the moment of its start, so that several
 * processes start together however long their jobs took to come.
 */
export type WorkerOrder =
  | { readonly kind: 'load'; readonly job: Job }
  | { readonly kind: 'start'; readonly atEpochMs: number };

/** What the worker says to its parent. */
export type WorkerMessage =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly samples: Samples }
  | { readonly kind: 'failed'; readonly message: string };

function say(message: WorkerMessage): void {
  // The parent may have gone in the meantime: 'disconnect' ends this process.
  if (process.connected) process.send?.(message);
}

let loaded: Job | null = null;

function start(atEpochMs: number): Promise<Samples> {
  const job = loaded;
  loaded = null;
  if (job === null) throw new Error('told to start without a job');
  const onProgress = (progress: Progress): void => say({ kind: 'progress', progress });
  return job.kind === 'open'
    ? runOpenLoop(job, onProgress, atEpochMs)
    : runClosedLoop(job, onProgress);
}

process.on('disconnect', () => process.exit(0));
// An interrupt at the terminal reaches the whole group; the parent decides when this one ends.
process.on('SIGINT', () => {});
process.on('message', (order: WorkerOrder) => {
  if (order.kind === 'load') {
    loaded = order.job;
    standAhead(order.job.kind === 'open');
    say({ kind: 'loaded' });
    return;
  }
  start(order.atEpochMs).then(
    (samples) => say({ kind: 'done', samples }),
    (error: unknown) => say({ kind: 'failed', message: String(error) }),
  );
});
