/**
 * One backend: all that its requests share, and that its process's main program steers.
 */

import type { Clock, Distribution, Random } from '@evenkeel/core';
import type { Journal } from '../journal/write.ts';
import type { Door } from './door.ts';
import type { FaultSet } from './fault-set.ts';
import type { ServiceModel } from './service.ts';
import type { Tally } from './tally.ts';

export interface Site {
  readonly id: string;
  readonly clock: Clock;
  readonly door: Door;
  readonly service: ServiceModel;
  /** In milliseconds. */
  readonly serviceTime: Distribution;
  /** The backend's own stream: service times of requests without `X-Work`. */
  readonly random: Random;
  readonly faults: FaultSet;
  readonly journal: Journal;
  readonly tally: Tally;
}
