/**
 * Counters that several workers share, in memory that is handed in (a SharedArrayBuffer, or an
 * ArrayBuffer on one thread). Two kinds of rows:
 *
 * - One row of totals with what runs at each slot, changed atomically by all workers. Picks read it
 *   alone: summing a row per worker at each pick would cost more than the pick.
 * - A row per worker with what that worker has started, written by that worker alone. When it dies,
 *   its share is taken out of the totals (`recover`). What only operators read (requests, failures,
 *   retries) has no totals: a read sums the rows.
 *
 * Slots are assigned from outside (`EndpointSpec.slot`), the same in each worker's pool, and
 * cleared by the assigner before a slot is used again.
 */

import type { Counters } from './counters.ts';

/** Requests, failures and retries: figures of 8 bytes per slot and worker. */
const FIGURES = 3;

/** How the memory is divided. */
export interface SharedCountersLayout {
  /** Slots; fixed. */
  readonly capacity: number;
  /** Workers that share the counters. */
  readonly workers: number;
}

/** The size of the memory that counters of this layout need, in bytes. */
export function sharedCountersBytes({ capacity, workers }: SharedCountersLayout): number {
  const figures = FIGURES * capacity * workers * Float64Array.BYTES_PER_ELEMENT;
  return figures + capacity * (workers + 1) * Int32Array.BYTES_PER_ELEMENT;
}

/** One worker's view of the shared counters. */
export class SharedCounters implements Counters {
  readonly capacity: number;
  readonly #workers: number;
  /** Where this worker's row begins, in cells. */
  readonly #row: number;
  readonly #totals: Int32Array;
  readonly #inFlight: Int32Array;
  readonly #requests: Float64Array;
  readonly #failures: Float64Array;
  readonly #retries: Float64Array;

  /**
   * @param memory all zeros at first; the same for all workers
   * @param worker which row this one writes, in [0, workers)
   * @throws {RangeError} if the memory has not the size of the layout, or there is no such worker
   */
  constructor(memory: ArrayBufferLike, layout: SharedCountersLayout, worker: number) {
    const { capacity, workers } = layout;
    const bytes = sharedCountersBytes(layout);
    if (memory.byteLength !== bytes) {
      throw new RangeError(`memory must have ${bytes} bytes, got ${memory.byteLength}`);
    }
    if (!Number.isInteger(worker) || worker < 0 || worker >= workers) {
      throw new RangeError(`worker must be an integer in [0, ${workers}), got ${worker}`);
    }
    this.capacity = capacity;
    this.#workers = workers;
    this.#row = worker * capacity;
    const cells = capacity * workers;
    const figureBytes = cells * Float64Array.BYTES_PER_ELEMENT;
    this.#requests = new Float64Array(memory, 0, cells);
    this.#failures = new Float64Array(memory, figureBytes, cells);
    this.#retries = new Float64Array(memory, 2 * figureBytes, cells);
    const totalsAt = FIGURES * figureBytes;
    this.#totals = new Int32Array(memory, totalsAt, capacity);
    const rowsAt = totalsAt + capacity * Int32Array.BYTES_PER_ELEMENT;
    this.#inFlight = new Int32Array(memory, rowsAt, cells);
  }

  /** @throws {RangeError} beyond the capacity */
  reserve(slots: number): void {
    if (slots > this.capacity) {
      throw new RangeError(`there is room for ${this.capacity} endpoints, and not for ${slots}`);
    }
  }

  /** In all rows: only while no worker uses the slot. */
  clear(slot: number): void {
    Atomics.store(this.#totals, slot, 0);
    for (let worker = 0; worker < this.#workers; worker++) {
      const cell = worker * this.capacity + slot;
      Atomics.store(this.#inFlight, cell, 0);
      this.#requests[cell] = 0;
      this.#failures[cell] = 0;
      this.#retries[cell] = 0;
    }
  }

  started(slot: number, isRetry: boolean): void {
    this.#change(slot, 1);
    this.#count(this.#requests, slot, 1);
    if (isRetry) this.#count(this.#retries, slot, 1);
  }

  withdrawn(slot: number, isRetry: boolean): void {
    this.#change(slot, -1);
    this.#count(this.#requests, slot, -1);
    if (isRetry) this.#count(this.#retries, slot, -1);
  }

  ended(slot: number, failed: boolean): void {
    this.#change(slot, -1);
    if (failed) this.#count(this.#failures, slot, 1);
  }

  inFlight(slot: number): number {
    return Atomics.load(this.#totals, slot);
  }

  ownInFlight(slot: number): number {
    return this.#inFlight[this.#row + slot] ?? 0;
  }

  requests(slot: number): number {
    return this.#sum(this.#requests, slot);
  }

  failures(slot: number): number {
    return this.#sum(this.#failures, slot);
  }

  retries(slot: number): number {
    return this.#sum(this.#retries, slot);
  }

  /**
   * A worker died: takes what it had in flight out of the totals. What it has counted stays. Only
   * when it is certain that it runs no more.
   */
  recover(worker: number): void {
    for (let slot = 0; slot < this.capacity; slot++) {
      const lost = Atomics.exchange(this.#inFlight, worker * this.capacity + slot, 0);
      if (lost !== 0) Atomics.sub(this.#totals, slot, lost);
    }
  }

  #change(slot: number, by: number): void {
    Atomics.add(this.#totals, slot, by);
    const cell = this.#row + slot;
    this.#inFlight[cell] = (this.#inFlight[cell] ?? 0) + by;
  }

  #count(figures: Float64Array, slot: number, by: number): void {
    const cell = this.#row + slot;
    figures[cell] = (figures[cell] ?? 0) + by;
  }

  #sum(figures: Float64Array, slot: number): number {
    let sum = 0;
    for (let worker = 0; worker < this.#workers; worker++) {
      sum += figures[worker * this.capacity + slot] ?? 0;
    }
    return sum;
  }
}
