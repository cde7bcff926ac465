/** A clock that moves when a test says so: timers fire in order of time, then of creation. */

import type { Clock, TimerId } from '../../src/ports.ts';

interface Timer {
  readonly id: TimerId;
  readonly dueMs: number;
  readonly fire: () => void;
}

export class ManualClock implements Clock {
  #nowMs = 0;
  #nextId = 1;
  #timers: Timer[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, fire: () => void): TimerId {
    if (!(delayMs >= 0)) throw new RangeError(`delayMs must be ≥ 0, got ${delayMs}`);
    const id = this.#nextId++;
    this.#timers.push({ id, dueMs: this.#nowMs + delayMs, fire });
    return id;
  }

  cancel(id: TimerId): void {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  }

  /** Timers that have neither fired nor been cancelled. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Lets time pass, firing what falls due on the way. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.dueMs <= untilMs);
      due.sort((a, b) => a.dueMs - b.dueMs || a.id - b.id);
      const next = due[0];
      if (next === undefined) break;
      this.cancel(next.id);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.fire();
    }
    this.#nowMs = untilMs;
  }
}
