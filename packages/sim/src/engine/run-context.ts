/** What all parts of one run share. */

import type { RunHash } from '../stats/run-hash.ts';
import type { EventQueue } from './event-queue.ts';
import type { RunObserver } from './observer.ts';
import type { TimeAverages } from './time-averages.ts';

/** Made once per run. */
export interface RunContext {
  readonly seed: number;
  readonly queue: EventQueue;
  readonly averages: TimeAverages;
  readonly hash: RunHash;
  /** undefined unless the caller observes the run. */
  readonly observer: RunObserver | undefined;
}
