/** The process's own time as core's `Clock`. Few timers go through it: the data plane's are a wheel's. */

import { performance } from 'node:perf_hooks';
import type { Clock, TimerId } from '@evenkeel/core';

export const systemClock: Clock = {
  now: () => performance.now(),
  // Node's timers count whole milliseconds; rounded up, none fires early.
  after(delayMs: number, fire: () => void): TimerId {
    return setTimeout(fire, Math.max(1, Math.ceil(delayMs)))[Symbol.toPrimitive]();
  },
  cancel: (id: TimerId) => clearTimeout(id),
};
