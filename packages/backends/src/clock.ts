/**
 * The live clock: core's two ways of meeting time, on the process's own monotonic clock and timers.
 */

import type { Clock } from '@evenkeel/core';

/** `Clock` on `performance.now()` and Node's timers, which are whole milliseconds and often late. */
export const liveClock: Clock = {
  now: () => performance.now(),
  after: (delayMs, fire) => Number(setTimeout(fire, delayMs)),
  cancel: (id) => clearTimeout(id),
};
