/**
 * What is counted per endpoint, by slot. A pool writes one of these, and picks read `inFlight` from
 * it. `LocalCounters` is for one thread and grows; `SharedCounters` (shared-counters.ts) lies in
 * memory that is handed in and has a fixed capacity.
 */

const FIRST_CAPACITY = 16;

/** Counts by slot. */
export interface Counters {
  /** Slots that there can be; infinite where the counters grow. */
  readonly capacity: number;
  /** Makes room for slots 0 … `slots − 1`, at most `capacity`; what was counted stays. */
  reserve(slots: number): void;
  /** All counts of a slot start at 0. Only for a slot where nothing runs. */
  clear(slot: number): void;
  started(slot: number, isRetry: boolean): void;
  /** Takes back a `started`: the attempt did not begin. */
  withdrawn(slot: number, isRetry: boolean): void;
  ended(slot: number, failed: boolean): void;
  /** Attempts that run now, over all workers. */
  inFlight(slot: number): number;
  /** Attempts that run now and were started through these counters. */
  ownInFlight(slot: number): number;
  /** Attempts ever started, over all workers. */
  requests(slot: number): number;
  failures(slot: number): number;
  retries(slot: number): number;
}

/** Counters of one thread, in typed arrays that grow. */
export class LocalCounters implements Counters {
  readonly capacity: number = Number.POSITIVE_INFINITY;
  #inFlight: Int32Array = new Int32Array(0);
  #requests: Float64Array = new Float64Array(0);
  #failures: Float64Array = new Float64Array(0);
  #retries: Float64Array = new Float64Array(0);

  reserve(slots: number): void {
    const present = this.#inFlight.length;
    if (slots <= present) return;
    const cells = Math.max(slots, present * 2, FIRST_CAPACITY);
    const widened = <A extends Int32Array | Float64Array>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    this.#inFlight = widened(this.#inFlight, new Int32Array(cells));
    this.#requests = widened(this.#requests, new Float64Array(cells));
    this.#failures = widened(this.#failures, new Float64Array(cells));
    this.#retries = widened(this.#retries, new Float64Array(cells));
  }

  clear(slot: number): void {
    this.#inFlight[slot] = 0;
    this.#requests[slot] = 0;
    this.#failures[slot] = 0;
    this.#retries[slot] = 0;
  }

  started(slot: number, isRetry: boolean): void {
    this.#change(slot, 1);
    const requests = this.#requests;
    requests[slot] = (requests[slot] as number) + 1;
    if (isRetry) this.#retried(slot, 1);
  }

  withdrawn(slot: number, isRetry: boolean): void {
    this.#change(slot, -1);
    const requests = this.#requests;
    requests[slot] = (requests[slot] as number) - 1;
    if (isRetry) this.#retried(slot, -1);
  }

  ended(slot: number, failed: boolean): void {
    this.#change(slot, -1);
    if (!failed) return;
    const failures = this.#failures;
    failures[slot] = (failures[slot] as number) + 1;
  }

  inFlight(slot: number): number {
    return this.#inFlight[slot] ?? 0;
  }

  ownInFlight(slot: number): number {
    return this.#inFlight[slot] ?? 0;
  }

  requests(slot: number): number {
    return this.#requests[slot] ?? 0;
  }

  failures(slot: number): number {
    return this.#failures[slot] ?? 0;
  }

  retries(slot: number): number {
    return this.#retries[slot] ?? 0;
  }

  // No cell is missing: slots are reserved before anything is counted there.

  #change(slot: number, by: number): void {
    const inFlight = this.#inFlight;
    inFlight[slot] = (inFlight[slot] as number) + by;
  }

  #retried(slot: number, by: number): void {
    const retries = this.#retries;
    retries[slot] = (retries[slot] as number) + by;
  }
}
