/** The Date field (RFC 9110 section 6.6.1), formatted once a second. */

import type { Clock } from '@evenkeel/core';

const REFRESH_MS = 1000;

export class DateLine {
  readonly #clock: Clock;
  #line = '';
  #madeMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The whole field line. */
  get line(): string {
    const nowMs = this.#clock.now();
    if (nowMs - this.#madeMs >= REFRESH_MS) {
      this.#madeMs = nowMs;
      this.#line = `Date: ${new Date().toUTCString()}\r\n`;
    }
    return this.#line;
  }
}
