/**
 * What is counted per endpoint, in typed arrays by slot: a row per worker, each written by that
 * worker alone and read by all, so that no two threads ever write one cell. With one thread there
 * is one row.
 */

const FIRST_CAPACITY = 16;

/** Counters by slot; reads sum the rows. */
export class Counters {
  readonly #rows: number;
  readonly #row: number;
  #capacity = 0;
  #inFlight: Int32Array = new Int32Array(0);
  #requests: Float64Array = new Float64Array(0);
  #failures: Float64Array = new Float64Array(0);
  #retries: Float64Array = new Float64Array(0);

  /** @param row the row that this worker writes, in [0, rows) */
  constructor(row = 0, rows = 1) {
    if (row < 0 || row >= rows) throw new RangeError(`row must be in [0, ${rows}), got ${row}`);
    this.#row = row;
    this.#rows = rows;
  }

  /** Makes room for slots 0 … `slots − 1`; what was counted stays. */
  reserve(slots: number): void {
    if (slots <= this.#capacity) return;
    const capacity = Math.max(slots, this.#capacity * 2, FIRST_CAPACITY);
    const widen = <A extends Int32Array | Float64Array>(from: A, to: A): A => {
      for (let row = 0; row < this.#rows; row++) {
        const begin = row * this.#capacity;
        to.set(from.subarray(begin, begin + this.#capacity), row * capacity);
      }
      return to;
    };
    const cells = capacity * this.#rows;
    this.#inFlight = widen(this.#inFlight, new Int32Array(cells));
    this.#requests = widen(this.#requests, new Float64Array(cells));
    this.#failures = widen(this.#failures, new Float64Array(cells));
    this.#retries = widen(this.#retries, new Float64Array(cells));
    this.#capacity = capacity;
  }

  /** A slot gets a new owner: all its counts start at 0 in this worker's row. */
  clear(slot: number): void {
    const cell = this.#cell(slot);
    this.#inFlight[cell] = 0;
    this.#requests[cell] = 0;
    this.#failures[cell] = 0;
    this.#retries[cell] = 0;
  }

  /** A worker died: what it had in flight is no longer running. */
  abandonRow(row: number): void {
    this.#inFlight.fill(0, row * this.#capacity, (row + 1) * this.#capacity);
  }

  started(slot: number, isRetry: boolean): void {
    const cell = this.#cell(slot);
    this.#inFlight[cell] = (this.#inFlight[cell] ?? 0) + 1;
    this.#requests[cell] = (this.#requests[cell] ?? 0) + 1;
    if (isRetry) this.#retries[cell] = (this.#retries[cell] ?? 0) + 1;
  }

  /** Takes back a `started`: the attempt did not begin. */
  withdrawn(slot: number, isRetry: boolean): void {
    const cell = this.#cell(slot);
    this.#inFlight[cell] = (this.#inFlight[cell] ?? 0) - 1;
    this.#requests[cell] = (this.#requests[cell] ?? 0) - 1;
    if (isRetry) this.#retries[cell] = (this.#retries[cell] ?? 0) - 1;
  }

  ended(slot: number, failed: boolean): void {
    const cell = this.#cell(slot);
    this.#inFlight[cell] = (this.#inFlight[cell] ?? 0) - 1;
    if (failed) this.#failures[cell] = (this.#failures[cell] ?? 0) + 1;
  }

  inFlight(slot: number): number {
    return this.#sum(this.#inFlight, slot);
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

  #cell(slot: number): number {
    return this.#row * this.#capacity + slot;
  }

  #sum(cells: Int32Array | Float64Array, slot: number): number {
    if (this.#rows === 1) return cells[slot] ?? 0;
    let sum = 0;
    for (let cell = slot; cell < cells.length; cell += this.#capacity) sum += cells[cell] ?? 0;
    return sum;
  }
}
