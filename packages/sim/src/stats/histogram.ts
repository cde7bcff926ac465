/**
 * Response times as counts, in HdrHistogram's layout (Gil Tene): integer microseconds, three
 * significant digits, constant memory however long the run. Written here and not taken from a
 * library because the engine has to run in a browser without one, and because one `record` per
 * simulated request must cost a few nanoseconds.
 *
 * Values below 2,048 have a cell each; from there on every power of two is divided into 1,024
 * cells, so that a cell is never wider than 1/1,024 of its value.
 */

const SUB_BITS = 10;
const HALF = 1 << SUB_BITS;
const LARGEST_SHIFT = 30;
/** Larger values are counted as this one: about 25 days. */
const LARGEST = 2 * HALF * 2 ** LARGEST_SHIFT - 1;
const CELLS = (LARGEST_SHIFT + 2) * HALF;

/** The cell of a value, its fraction dropped: from 2^31 on they are beyond the reach of bit operations, and rare. */
function cellOf(value: number): number {
  if (value < 2 ** 31) {
    const integer = value | 0;
    if (integer < 2 * HALF) return integer;
    const shift = 31 - SUB_BITS - Math.clz32(integer);
    return shift * HALF + (integer >>> shift);
  }
  return cellOf(Math.min(LARGEST, value) / 2 ** 11) + 11 * HALF;
}

/** The largest value that is counted in this cell. */
function highestOf(cell: number): number {
  if (cell < 2 * HALF) return cell;
  const shift = (cell >>> SUB_BITS) - 1;
  return ((cell & (HALF - 1)) + HALF + 1) * 2 ** shift - 1;
}

/** Counts of durations. */
export class Histogram {
  readonly #counts = new Float64Array(CELLS);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  /** Durations recorded. */
  get count(): number {
    return this.#count;
  }

  /** Exact, not from the cells; NaN when empty. */
  get meanMs(): number {
    return this.#sumMs / this.#count;
  }

  /** Exact. */
  get maxMs(): number {
    return this.#maxMs;
  }

  /** Counts one duration ≥ 0. */
  record(durationMs: number): void {
    const cell = cellOf(durationMs * 1000 + 0.5);
    this.#counts[cell] = (this.#counts[cell] as number) + 1;
    this.#count++;
    this.#sumMs += durationMs;
    if (durationMs > this.#maxMs) this.#maxMs = durationMs;
  }

  /** The smallest cell's upper end that at least the share p in [0, 1] lies at or below; NaN when empty. */
  quantileMs(p: number): number {
    if (this.#count === 0) return Number.NaN;
    const wanted = Math.max(1, Math.ceil(p * this.#count - 1e-9));
    let seen = 0;
    for (const [microseconds, count] of this.cells()) {
      seen += count;
      if (seen >= wanted) return Math.min(microseconds / 1000, this.#maxMs);
    }
    return this.#maxMs;
  }

  /** Every cell that is not empty: its largest value in µs, and how often. */
  *cells(): Generator<[microseconds: number, count: number], void, undefined> {
    for (let cell = 0; cell < CELLS; cell++) {
      const count = this.#counts[cell] as number;
      if (count > 0) yield [highestOf(cell), count];
    }
  }

  /** Counts everything that another one has counted. */
  add(other: Histogram): void {
    for (let cell = 0; cell < CELLS; cell++) {
      this.#counts[cell] = (this.#counts[cell] as number) + (other.#counts[cell] as number);
    }
    this.#count += other.#count;
    this.#sumMs += other.#sumMs;
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
  }
}
