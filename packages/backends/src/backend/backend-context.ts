/**
 * One backend: what all its requests share, and what the commands of the supervisor change.
 */

import type { Clock, Distribution, Random } from '@evenkeel/core';
import type { BackendFaults } from '@evenkeel/sim/faults';
import type { Journal } from '../journal/write.ts';
import type { Listener } from './listener.ts';
import type { ServiceModel } from './service.ts';
import type { StatsRecorder } from './stats.ts';

export interface BackendContext {
  readonly id: string;
  readonly clock: Clock;
  readonly listener: Listener;
  readonly service: ServiceModel;
  /** In milliseconds. */
  readonly serviceTime: Distribution;
  /** The backend's own stream: service times of requests without `X-Work`. */
  readonly random: Random;
  readonly faults: BackendFaults;
  readonly journal: Journal;
  readonly stats: StatsRecorder;
}
