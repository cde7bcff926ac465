/**
 * How many requests are where, integrated over time: the averages that Little's law is about. The time
 * integral of a count is exact, because counts change only at events.
 */

/** Present counts, and their integrals over [fromMs, toMs]. */
export class TimeAverages {
  /** Requests sent and not yet answered. */
  inSystem = 0;
  /** Slots at work. */
  busy = 0;
  /** Requests in the backends' queues. */
  waiting = 0;
  /** ∫ inSystem dt over the whole run. */
  inSystemMs = 0;
  busyMs = 0;
  waitingMs = 0;
  readonly fromMs: number;
  /** Set when it is known. */
  toMs: number = Infinity;
  #lastMs = 0;

  /** @param fromMs before it, busy and waiting are not integrated */
  constructor(fromMs: number) {
    this.fromMs = fromMs;
  }

  /** The counts stayed as they are until now. */
  advanceTo(nowMs: number): void {
    const passedMs = nowMs - this.#lastMs;
    this.inSystemMs += this.inSystem * passedMs;
    if (this.#lastMs >= this.fromMs && nowMs <= this.toMs) {
      this.busyMs += this.busy * passedMs;
      this.waitingMs += this.waiting * passedMs;
    } else {
      const partMs = Math.min(nowMs, this.toMs) - Math.max(this.#lastMs, this.fromMs);
      if (partMs > 0) {
        this.busyMs += this.busy * partMs;
        this.waitingMs += this.waiting * partMs;
      }
    }
    this.#lastMs = nowMs;
  }
}
