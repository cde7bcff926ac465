/** What all parts of one run share. */

import type { RunHash } from '../stats/run-hash.ts';
import type { EventQueue } from './event-queue.ts';
import type { Levels } from './levels.ts';
import type { Tracer } from './trace.ts';

/** See above. */
export interface World {
  readonly seed: number;
  readonly queue: EventQueue;
  readonly levels: Levels;
  readonly hash: RunHash;
  /** undefined where nobody reads a trace. */
  readonly tracer: Tracer | undefined;
}
