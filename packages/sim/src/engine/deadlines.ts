/**
 * Timeouts of equal length, in a line: who started first is due first, so that one timer, for the head,
 * is enough, and starting and ending a wait costs a few assignments. A timer per request would fill
 * the event queue with millions of cancelled ones.
 *
 * The line is a ring of places in the order of their joining. Who leaves empties its place, and places
 * are given up from the front: the ring is as long as the time from the longest wait until now, and
 * no neighbour has to be looked at, as in a linked list.
 */

import type { Clock } from '@evenkeel/core';

const FIRST_CAPACITY = 64;
/** Where a waiter is that waits for nothing. */
export const NOWHERE = -1;

/** Something that can be waited for, in one line at a time. */
export interface Waiter {
  /** Its place in the ring, or `NOWHERE`. The line's alone. */
  place: number;
}

/** A line of waiters, all with the same timeout. */
export class DeadlineLine<W extends Waiter> {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #expired: (waiter: W) => void;
  #waiters: (W | undefined)[] = new Array<W | undefined>(FIRST_CAPACITY).fill(undefined);
  #dueMs = new Float64Array(FIRST_CAPACITY);
  #first = 0;
  #length = 0;
  #isArmed = false;

  /** @param expired called for a waiter that has left the line because its time was up */
  constructor(clock: Clock, timeoutMs: number, expired: (waiter: W) => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#expired = expired;
  }

  /** The waiter's time starts now. It must not be in the line. */
  join(waiter: W): void {
    if (this.#length === this.#waiters.length) this.#grow();
    const place = (this.#first + this.#length++) & (this.#waiters.length - 1);
    waiter.place = place;
    this.#waiters[place] = waiter;
    this.#dueMs[place] = this.#clock.now() + this.#timeoutMs;
    if (!this.#isArmed) this.#arm(this.#timeoutMs);
  }

  /** Its wait is over. No effect on one that is in no line. */
  leave(waiter: W): void {
    const { place } = waiter;
    if (place === NOWHERE) return;
    waiter.place = NOWHERE;
    this.#waiters[place] = undefined;
    if (place === this.#first) this.#giveUpEmptyPlaces();
  }

  #giveUpEmptyPlaces(): void {
    const last = this.#waiters.length - 1;
    while (this.#length > 0 && this.#waiters[this.#first] === undefined) {
      this.#first = (this.#first + 1) & last;
      this.#length--;
    }
  }

  /** Twice as many places; the line stands at their beginning. */
  #grow(): void {
    const old = this.#waiters;
    const dueMs = new Float64Array(2 * old.length);
    const waiters = new Array<W | undefined>(2 * old.length).fill(undefined);
    for (let i = 0; i < this.#length; i++) {
      const from = (this.#first + i) & (old.length - 1);
      const waiter = old[from];
      waiters[i] = waiter;
      dueMs[i] = this.#dueMs[from] as number;
      if (waiter !== undefined) waiter.place = i;
    }
    this.#waiters = waiters;
    this.#dueMs = dueMs;
    this.#first = 0;
  }

  #arm(delayMs: number): void {
    this.#isArmed = true;
    this.#clock.after(delayMs, () => {
      this.#isArmed = false;
      const nowMs = this.#clock.now();
      while (this.#length > 0 && this.#firstDueMs <= nowMs) this.#expireFirst();
      if (this.#length > 0 && !this.#isArmed) this.#arm(this.#firstDueMs - nowMs);
    });
  }

  /** When the first in line is due, which is never an empty place. */
  get #firstDueMs(): number {
    return this.#dueMs[this.#first] as number;
  }

  #expireFirst(): void {
    const first = this.#waiters[this.#first];
    if (first === undefined) return;
    this.leave(first);
    this.#expired(first);
  }
}
