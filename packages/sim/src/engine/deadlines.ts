/**
 * Timeouts of equal length, in a line: what started first is due first, so that one timer, for the head,
 * is enough, and starting and ending a wait costs a few assignments. A timer per request would fill
 * the event queue with millions of cancelled ones.
 */

import type { Clock } from '@evenkeel/core';

/** Something that can be waited for. */
export interface Waiter {
  /** In a line. */
  isWaitedFor: boolean;
  dueMs: number;
  /** Neighbours in the line. */
  earlier: this | undefined;
  later: this | undefined;
}

/** A line of waiters, all with the same timeout. */
export class DeadlineLine<W extends Waiter> {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #expired: (waiter: W) => void;
  #first: W | undefined = undefined;
  #last: W | undefined = undefined;
  #isArmed = false;

  /** @param expired called for a waiter that has left the line because its time was up */
  constructor(clock: Clock, timeoutMs: number, expired: (waiter: W) => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#expired = expired;
  }

  /** The waiter's time starts now. It must not be in the line. */
  join(waiter: W): void {
    waiter.isWaitedFor = true;
    waiter.dueMs = this.#clock.now() + this.#timeoutMs;
    waiter.earlier = this.#last;
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.later = waiter;
    this.#last = waiter;
    if (!this.#isArmed) this.#arm(this.#timeoutMs);
  }

  /** Its wait is over. No effect on one that is in no line. */
  leave(waiter: W): void {
    if (!waiter.isWaitedFor) return;
    waiter.isWaitedFor = false;
    const { earlier, later } = waiter;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    waiter.earlier = undefined;
    waiter.later = undefined;
  }

  #arm(delayMs: number): void {
    this.#isArmed = true;
    this.#clock.after(delayMs, () => {
      this.#isArmed = false;
      const nowMs = this.#clock.now();
      for (let w = this.#first; w !== undefined && w.dueMs <= nowMs; w = this.#first) {
        this.leave(w);
        this.#expired(w);
      }
      if (this.#first !== undefined && !this.#isArmed) this.#arm(this.#first.dueMs - nowMs);
    });
  }
}
