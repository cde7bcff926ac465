/**
 * Waiting until a moment, as well as timers of whole milliseconds allow.
 *
 * Node's timers fire from half a millisecond early to well over one late, which would make a mean
 * service time of 5 ms into one of 6. So a wait ends when its moment is less than half a
 * millisecond away, and a caller that waits again and again is told the error, to take it off the next wait.
 */

import type { Clock } from '@evenkeel/core';

/** Moments nearer than this count as reached: half a timer tick, so that errors cancel out. */
const NEAR_ENOUGH_MS = 0.5;

/** The longest time that a timer of Node can be set to; a longer one would fire at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/**
 * Calls `fire` at `deadlineMs` of the clock, at once if that is past, with the time in ms by which
 * it was late (negative: early, by half a millisecond at most).
 */
export function atDeadline(
  clock: Pick<Clock, 'now' | 'after'>,
  deadlineMs: number,
  fire: (lateMs: number) => void,
): void {
  const leftMs = deadlineMs - clock.now();
  if (leftMs <= NEAR_ENOUGH_MS) {
    fire(-leftMs);
    return;
  }
  // Whole milliseconds: Node keeps a list per distinct delay, and would keep one per request.
  const delayMs = Math.min(Math.max(1, Math.round(leftMs)), TIMER_MAX_MS);
  clock.after(delayMs, () => atDeadline(clock, deadlineMs, fire));
}
