/** Monotonic time that costs next to nothing: what is measured is core, not the clock. */

import type { Clock } from '../src/index.ts';

export class TickingClock implements Clock {
  #nowMs = 0;

  now(): number {
    this.#nowMs += 0.001;
    return this.#nowMs;
  }

  after(): number {
    return 1;
  }

  cancel(): void {}
}
