/** Something that may happen thousands of times a second, and is worth a line in the log now and then. */

import type { Clock } from '@evenkeel/core';

export class RareNews {
  readonly #clock: Clock;
  readonly #silenceMs: number;
  #toldMs = Number.NEGATIVE_INFINITY;

  /** @param silenceMs how long after it was told it is no news */
  constructor(clock: Clock, silenceMs: number) {
    this.#clock = clock;
    this.#silenceMs = silenceMs;
  }

  /** It has happened: whether that is to be told. */
  isDue(): boolean {
    const nowMs = this.#clock.now();
    if (nowMs - this.#toldMs < this.#silenceMs) return false;
    this.#toldMs = nowMs;
    return true;
  }
}
