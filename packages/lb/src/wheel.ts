/**
 * Time for the data plane: a hashed timer wheel (Varghese and Lauck, 1987, scheme 6) over a single
 * timer of another clock. A proxy arms and disarms several timeouts per request and hardly ever lets
 * one fire, so arming must cost a few pointer writes; in return timeouts may be late by one tick.
 *
 * A timer lies in the slot of its due tick modulo the wheel's size. The one timer below sleeps until
 * the next slot that holds anything, so that an idle process sleeps too.
 *
 * Everything that one network event causes happens at one instant: its handler holds the clock
 * meanwhile, so that reading the time a dozen times costs one system call.
 */

import type { Clock, TimerId } from '@evenkeel/core';
import { systemClock } from './system-clock.ts';

/** Resolution: how late a timer may fire. */
export const TICK_MS = 10;
const SLOTS = 512;

/** A reusable timer, made once by its owner and armed again and again. */
export class Timer {
  /** @internal */ dueTick = 0;
  /** @internal */ before: Timer = this;
  /** @internal */ after: Timer = this;
  /** @internal */ readonly fire: () => void;

  constructor(fire: () => void) {
    this.fire = fire;
  }

  get armed(): boolean {
    return this.after !== this;
  }
}

function unlink(timer: Timer): void {
  timer.before.after = timer.after;
  timer.after.before = timer.before;
  timer.before = timer;
  timer.after = timer;
}

function link(timer: Timer, head: Timer): void {
  timer.before = head.before;
  timer.after = head;
  head.before.after = timer;
  head.before = timer;
}

const NOTHING = (): void => {};

/** A `Clock` that also arms reusable timers without allocating. */
export class TimerWheel implements Clock {
  readonly #clock: Clock;
  /** Ring sentinels; a slot is empty when its sentinel points at itself. */
  readonly #slots: readonly Timer[] = Array.from({ length: SLOTS }, () => new Timer(NOTHING));
  /** Those that are being fired. */
  readonly #due: Timer = new Timer(NOTHING);
  readonly #byId = new Map<TimerId, Timer>();
  #nextId = 1;
  #armed = 0;
  /** The last tick whose slot was visited. */
  #visitedTick: number;
  /** The tick for which the clock's timer is set; Infinity without one. */
  #wakeTick = Number.POSITIVE_INFINITY;
  #sleep: TimerId = 0;
  /** The instant of the event that is being handled; negative between events. */
  #heldMs = -1;

  /** @param clock where time and the one timer come from */
  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
    this.#visitedTick = Math.floor(clock.now() / TICK_MS);
  }

  now(): number {
    return this.#heldMs >= 0 ? this.#heldMs : this.#clock.now();
  }

  /** Makes `now` stand still until `release`. For the time of one event, and never nested. */
  hold(): void {
    this.#heldMs = this.#clock.now();
  }

  /** Lets time go on. */
  release(): void {
    this.#heldMs = -1;
  }

  /** Timers now armed. */
  get armed(): number {
    return this.#armed;
  }

  after(delayMs: number, fire: () => void): TimerId {
    const id = this.#nextId++;
    const timer = new Timer(() => {
      this.#byId.delete(id);
      fire();
    });
    this.#byId.set(id, timer);
    this.arm(timer, delayMs);
    return id;
  }

  cancel(id: TimerId): void {
    const timer = this.#byId.get(id);
    if (timer === undefined) return;
    this.#byId.delete(id);
    this.disarm(timer);
  }

  /** Fires the timer `delayMs` from now, at most a tick later and never earlier; replaces an earlier due time. */
  arm(timer: Timer, delayMs: number): void {
    if (timer.armed) unlink(timer);
    else this.#armed++;
    const tick = Math.max(Math.ceil((this.now() + delayMs) / TICK_MS), this.#visitedTick + 1);
    timer.dueTick = tick;
    link(timer, this.#slots[tick % SLOTS] as Timer);
    if (tick < this.#wakeTick) this.#sleepUntil(Math.min(tick, this.#visitedTick + SLOTS));
  }

  /** Stops a timer; no effect on one that is not armed. */
  disarm(timer: Timer): void {
    if (!timer.armed) return;
    unlink(timer);
    this.#armed--;
  }

  #sleepUntil(tick: number): void {
    if (tick >= this.#wakeTick) return;
    this.#clock.cancel(this.#sleep);
    this.#wakeTick = tick;
    const delayMs = Math.max(0, tick * TICK_MS - this.#clock.now());
    this.#sleep = this.#clock.after(delayMs, () => this.#wake());
  }

  #wake(): void {
    this.#wakeTick = Number.POSITIVE_INFINITY;
    const nowTick = Math.floor(this.#clock.now() / TICK_MS);
    // After a long pause one round visits every slot; more rounds would see the same timers.
    const first = Math.max(this.#visitedTick + 1, nowTick - SLOTS + 1);
    for (let tick = first; tick <= nowTick; tick++) {
      this.#visitedTick = tick;
      this.#fireDue(this.#slots[tick % SLOTS] as Timer, nowTick);
    }
    if (this.#armed > 0) this.#sleepUntil(this.#nextTick());
    else this.#sleep = 0;
  }

  #fireDue(head: Timer, nowTick: number): void {
    // First set the due ones apart: firing may change the slot's list anywhere.
    for (let timer = head.after; timer !== head; ) {
      const next = timer.after;
      if (timer.dueTick <= nowTick) {
        unlink(timer);
        link(timer, this.#due);
      }
      timer = next;
    }
    while (this.#due.armed) {
      const timer = this.#due.after;
      this.disarm(timer);
      timer.fire();
    }
  }

  #nextTick(): number {
    for (let tick = this.#visitedTick + 1; tick < this.#visitedTick + SLOTS; tick++) {
      const head = this.#slots[tick % SLOTS] as Timer;
      if (head.armed) return tick;
    }
    return this.#visitedTick + SLOTS;
  }
}
