/**
 * The simulator's heart: a queue of future events by (time, sequence), which is also core's `Clock`.
 * Health checks, retries and slow start set their timers here and so live in virtual time.
 *
 * A 4-ary heap in typed arrays: half as deep as a binary one, and the four children that a step
 * down compares lie side by side in memory. Events of equal time fire in the order in which they
 * were made, so that a run is one sequence and not one of several.
 *
 * Two kinds of event share the heap. The model's own carry a number ≥ 0 (a job's index) and cost no
 * closure; timers carry the negated id of their callback. A cancelled timer stays until its time
 * comes or until such leftovers are more than half of the queue.
 */

import type { Clock, TimerId } from '@evenkeel/core';

const INITIAL_CAPACITY = 1024;
const LEFTOVERS_MIN = 1024;

/** Future events, and the time. */
export class EventQueue implements Clock {
  readonly #onEvent: (tag: number) => void;
  readonly #timers = new Map<TimerId, () => void>();
  #times = new Float64Array(INITIAL_CAPACITY);
  #sequences = new Float64Array(INITIAL_CAPACITY);
  #tags = new Float64Array(INITIAL_CAPACITY);
  #size = 0;
  #sequence = 0;
  #lastTimer = 0;
  #leftovers = 0;
  #nowMs = 0;

  /** @param onEvent what to do when an event of the model's own is due */
  constructor(onEvent: (tag: number) => void) {
    this.#onEvent = onEvent;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Events in the queue, cancelled timers included. */
  get size(): number {
    return this.#size;
  }

  /** When the next event is due; Infinity if there is none. */
  get nextMs(): number {
    return this.#size === 0 ? Infinity : (this.#times[0] as number);
  }

  /** Calls `onEvent(tag)` in `delayMs` (≥ 0); cannot be cancelled. `tag` is an integer ≥ 0. */
  schedule(delayMs: number, tag: number): void {
    this.#push(this.#nowMs + delayMs, tag);
  }

  after(delayMs: number, fire: () => void): TimerId {
    const id = ++this.#lastTimer;
    this.#timers.set(id, fire);
    this.#push(this.#nowMs + Math.max(0, delayMs), -id);
    return id;
  }

  cancel(id: TimerId): void {
    if (!this.#timers.delete(id)) return;
    this.#leftovers++;
    if (this.#leftovers > LEFTOVERS_MIN && this.#leftovers * 2 > this.#size) this.#sweep();
  }

  /** Moves the time on without an event, not beyond the next one. */
  advanceTo(timeMs: number): void {
    this.#nowMs = timeMs;
  }

  /** Takes the next event, at its time. The queue must not be empty. */
  step(): void {
    const tag = this.#tags[0] as number;
    this.#nowMs = this.#times[0] as number;
    this.#pop();
    if (tag >= 0) {
      this.#onEvent(tag);
      return;
    }
    const fire = this.#timers.get(-tag);
    if (fire === undefined) {
      this.#leftovers--;
      return;
    }
    this.#timers.delete(-tag);
    fire();
  }

  #push(time: number, tag: number): void {
    if (this.#size === this.#times.length) this.#grow();
    this.#up(this.#size++, time, this.#sequence++, tag);
  }

  #pop(): void {
    const last = --this.#size;
    if (last === 0) return;
    const time = this.#times[last] as number;
    this.#down(0, time, this.#sequences[last] as number, this.#tags[last] as number);
  }

  /** Moves a hole from `at` towards the root until the event fits in. */
  #up(at: number, time: number, sequence: number, tag: number): void {
    const times = this.#times;
    const sequences = this.#sequences;
    const tags = this.#tags;
    let hole = at;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentTime = times[parent] as number;
      if (parentTime < time) break;
      if (parentTime === time && (sequences[parent] as number) < sequence) break;
      times[hole] = parentTime;
      sequences[hole] = sequences[parent] as number;
      tags[hole] = tags[parent] as number;
      hole = parent;
    }
    times[hole] = time;
    sequences[hole] = sequence;
    tags[hole] = tag;
  }

  /** Moves a hole from `at` towards the leaves until the event fits in. */
  #down(at: number, time: number, sequence: number, tag: number): void {
    const times = this.#times;
    const sequences = this.#sequences;
    const tags = this.#tags;
    const size = this.#size;
    let hole = at;
    for (let child = hole * 4 + 1; child < size; child = hole * 4 + 1) {
      const end = Math.min(child + 4, size);
      let least = child;
      let leastTime = times[child] as number;
      for (let i = child + 1; i < end; i++) {
        const t = times[i] as number;
        if (t > leastTime) continue;
        if (t === leastTime && (sequences[i] as number) > (sequences[least] as number)) continue;
        least = i;
        leastTime = t;
      }
      if (leastTime > time) break;
      if (leastTime === time && (sequences[least] as number) > sequence) break;
      times[hole] = leastTime;
      sequences[hole] = sequences[least] as number;
      tags[hole] = tags[least] as number;
      hole = least;
    }
    times[hole] = time;
    sequences[hole] = sequence;
    tags[hole] = tag;
  }

  #grow(): void {
    const twice = (old: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(old.length * 2);
      larger.set(old);
      return larger;
    };
    this.#times = twice(this.#times);
    this.#sequences = twice(this.#sequences);
    this.#tags = twice(this.#tags);
  }

  /** Drops the leftovers of cancelled timers and makes the rest a heap again. */
  #sweep(): void {
    let kept = 0;
    for (let i = 0; i < this.#size; i++) {
      const tag = this.#tags[i] as number;
      if (tag < 0 && !this.#timers.has(-tag)) continue;
      this.#times[kept] = this.#times[i] as number;
      this.#sequences[kept] = this.#sequences[i] as number;
      this.#tags[kept++] = tag;
    }
    this.#size = kept;
    this.#leftovers = 0;
    for (let i = (kept - 2) >> 2; i >= 0; i--) {
      const time = this.#times[i] as number;
      this.#down(i, time, this.#sequences[i] as number, this.#tags[i] as number);
    }
  }
}
