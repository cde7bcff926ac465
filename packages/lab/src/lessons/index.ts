/** The tour: ten lessons, in the order in which they build on each other. */

import { herd } from './herd.ts';
import { hotKeys } from './hot-keys.ts';
import { leastConnections } from './least-connections.ts';
import type { Lesson } from './lesson.ts';
import { powerOfTwo } from './power-of-two.ts';
import { random } from './random.ts';
import { retryStorm } from './retry-storm.ts';
import { roundRobin } from './round-robin.ts';
import { sinkhole } from './sinkhole.ts';
import { slowStart } from './slow-start.ts';
import { tail } from './tail.ts';

export type { Lesson } from './lesson.ts';

/** All lessons. */
export const lessons: readonly Lesson[] = [
  random,
  roundRobin,
  leastConnections,
  powerOfTwo,
  herd,
  sinkhole,
  retryStorm,
  slowStart,
  hotKeys,
  tail,
];
