/**
 * A clock that moves when it is told to: for tests, exercises and the conformance laws. Timers fire
 * in order of time, then of creation. Meant for tens of timers; the simulator has an event queue.
 */

import type { Clock, TimerId } from '../ports.ts';

interface Timer {
  readonly id: TimerId;
  readonly dueMs: number;
  readonly fire: () => void;
}

export class ManualClock implements Clock {
  #nowMs = 0;
  #nextId = 1;
  /** In the order in which they fire. */
  #timers: Timer[] = [];

  now(): number {
    return this.#nowMs;
  }

  /** @throws {RangeError} if `delayMs` is negative or no number */
  after(delayMs: number, fire: () => void): TimerId {
    if (!(delayMs >= 0)) throw new RangeError(`delayMs must be ≥ 0, got ${delayMs}`);
    const id = this.#nextId++;
    const dueMs = this.#nowMs + delayMs;
    const later = this.#timers.findIndex((timer) => timer.dueMs > dueMs);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, { id, dueMs, fire });
    return id;
  }

  cancel(id: TimerId): void {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  }

  /** Timers that have neither fired nor been cancelled. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Lets time pass, firing what falls due on the way, at its own time. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#timers[0];
      if (next === undefined || next.dueMs > untilMs) break;
      this.#timers.shift();
      this.#nowMs = next.dueMs;
      next.fire();
    }
    this.#nowMs = untilMs;
  }
}
