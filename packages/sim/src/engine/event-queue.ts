/**
 * The simulator's heart: a queue of future events by (time, sequence), which is also core's `Clock`.
 * Health checks, retries and slow start set their timers here and so live in virtual time.
 *
 * A 4-ary heap in typed arrays: half as deep as a binary one, and the four children that a step
 * down compares lie side by side in memory. What moves is a time and the number of a slot; sequence and
 * tag stay in the slot. Events of equal time fire in the order in which they were made, so that a run is
 * one sequence and not one of several.
 *
 * Two kinds of event share the heap. The model's own carry a number ≥ 0 (a job's index) and cost no
 * closure; timers carry the negated id of their callback. A cancelled timer stays until its time
 * comes or until such leftovers are more than half of the queue.
 *
 * What happens at an event mostly makes another (the next job in the queue begins), which then takes the
 * root's place: one way down the heap instead of one down and one up.
 */

import type { Clock, TimerId } from '@evenkeel/core';

const INITIAL_CAPACITY = 1024;
const LEFTOVERS_MIN = 1024;

/** Future events, and the time. */
export class EventQueue implements Clock {
  readonly #onEvent: (tag: number) => void;
  readonly #timers = new Map<TimerId, () => void>();
  // By place in the heap. Places beyond its size hold the slots that are free.
  #times = new Float64Array(INITIAL_CAPACITY);
  #slots = Uint32Array.from({ length: INITIAL_CAPACITY }, (_, slot) => slot);
  // By slot.
  #sequences = new Float64Array(INITIAL_CAPACITY);
  #tags = new Float64Array(INITIAL_CAPACITY);
  #size = 0;
  #sequence = 0;
  #lastTimer = 0;
  #leftovers = 0;
  #nowMs = 0;
  /** The event at the root is happening: its place is to be taken. */
  #isRootFree = false;

  /** @param onEvent what to do when an event of the model's own is due */
  constructor(onEvent: (tag: number) => void) {
    this.#onEvent = onEvent;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Events in the queue, cancelled timers included. */
  get size(): number {
    return this.#isRootFree ? this.#size - 1 : this.#size;
  }

  /** When the next event is due; Infinity if there is none. Not to be asked from inside an event. */
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

  /** Takes the next event, at its time. The queue must not be empty. Not to be called from inside an event. */
  step(): void {
    const tag = this.#tags[this.#slots[0] as number] as number;
    this.#nowMs = this.#times[0] as number;
    this.#isRootFree = true;
    if (tag >= 0) this.#onEvent(tag);
    else this.#fire(-tag);
    if (this.#isRootFree) this.#pop();
  }

  #fire(id: TimerId): void {
    const fire = this.#timers.get(id);
    if (fire === undefined) {
      this.#leftovers--;
      return;
    }
    this.#timers.delete(id);
    fire();
  }

  #push(time: number, tag: number): void {
    const place = this.#isRootFree ? 0 : this.#size;
    if (place === this.#times.length) this.#grow();
    const slot = this.#slots[place] as number;
    this.#sequences[slot] = this.#sequence++;
    this.#tags[slot] = tag;
    if (this.#isRootFree) {
      this.#isRootFree = false;
      this.#down(0, time, slot);
    } else {
      this.#size++;
      this.#up(place, time, slot);
    }
  }

  /** Takes the root away. */
  #pop(): void {
    this.#isRootFree = false;
    const last = --this.#size;
    const freed = this.#slots[0] as number;
    if (last > 0) this.#down(0, this.#times[last] as number, this.#slots[last] as number);
    this.#slots[last] = freed;
  }

  /** Moves a hole from `at` towards the root until the event fits in, which is the latest made. */
  #up(at: number, time: number, slot: number): void {
    const times = this.#times;
    const slots = this.#slots;
    let hole = at;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentTime = times[parent] as number;
      if (parentTime <= time) break;
      times[hole] = parentTime;
      slots[hole] = slots[parent] as number;
      hole = parent;
    }
    times[hole] = time;
    slots[hole] = slot;
  }

  /** Moves a hole from `at` towards the leaves until the event fits in. */
  #down(at: number, time: number, slot: number): void {
    const times = this.#times;
    const slots = this.#slots;
    const size = this.#size;
    let hole = at;
    for (let child = hole * 4 + 1; child < size; child = hole * 4 + 1) {
      const end = Math.min(child + 4, size);
      let least = child;
      let leastTime = times[child] as number;
      for (let i = child + 1; i < end; i++) {
        const t = times[i] as number;
        if (t > leastTime) continue;
        if (t === leastTime && this.#isMadeAfter(slots[i] as number, slots[least] as number))
          continue;
        least = i;
        leastTime = t;
      }
      if (leastTime > time) break;
      const leastSlot = slots[least] as number;
      if (leastTime === time && this.#isMadeAfter(leastSlot, slot)) break;
      times[hole] = leastTime;
      slots[hole] = leastSlot;
      hole = least;
    }
    times[hole] = time;
    slots[hole] = slot;
  }

  #isMadeAfter(slot: number, other: number): boolean {
    return (this.#sequences[slot] as number) > (this.#sequences[other] as number);
  }

  #grow(): void {
    const { length } = this.#times;
    const widened = <A extends Float64Array | Uint32Array>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    this.#times = widened(this.#times, new Float64Array(2 * length));
    this.#slots = widened(this.#slots, new Uint32Array(2 * length));
    this.#sequences = widened(this.#sequences, new Float64Array(2 * length));
    this.#tags = widened(this.#tags, new Float64Array(2 * length));
    for (let slot = length; slot < 2 * length; slot++) this.#slots[slot] = slot;
  }

  /** Drops the leftovers of cancelled timers and makes the rest a heap again. */
  #sweep(): void {
    if (this.#isRootFree) this.#pop();
    const slots = this.#slots;
    let kept = 0;
    for (let i = 0; i < this.#size; i++) {
      const slot = slots[i] as number;
      const tag = this.#tags[slot] as number;
      if (tag < 0 && !this.#timers.has(-tag)) continue;
      this.#times[kept] = this.#times[i] as number;
      // Exchanged, so that no slot is lost.
      slots[i] = slots[kept] as number;
      slots[kept++] = slot;
    }
    this.#size = kept;
    this.#leftovers = 0;
    for (let i = (kept - 2) >> 2; i >= 0; i--) {
      this.#down(i, this.#times[i] as number, slots[i] as number);
    }
  }
}
