/** The clock of a submission: it shows the grader's time, and fires what has fallen due before each call. */

import type { Clock } from '@evenkeel/core';
import { ManualClock } from '@evenkeel/core/testing';

const MANY_TIMERS = 10_000;

/** See the head of this file. */
export class ChildClock {
  readonly #clock = new ManualClock();

  /** What the submission gets. */
  readonly visible: Clock = Object.freeze({
    now: (): number => this.#clock.now(),
    after: (delayMs: number, fire: () => void): number => {
      if (this.#clock.pending >= MANY_TIMERS) {
        throw new RangeError(`more than ${MANY_TIMERS} timers are running`);
      }
      return this.#clock.after(delayMs, fire);
    },
    cancel: (id: number): void => this.#clock.cancel(id),
  });

  advanceTo(nowMs: number): void {
    const byMs = nowMs - this.#clock.now();
    if (byMs > 0) this.#clock.advance(byMs);
  }
}
