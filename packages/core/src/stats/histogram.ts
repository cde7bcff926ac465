/**
 * Durations as counts, in HdrHistogram's layout (Gil Tene): integer microseconds, three significant
 * digits, memory that depends on the largest value and not on how many there are. Written here and
 * not taken from a library because the simulator has to run in a browser without one, and because
 * one `record` per simulated request must cost a few nanoseconds.
 *
 * Values below 2,048 have a cell each; from there on every power of two is divided into 1,024
 * cells, so that a cell is never wider than 1/1,024 of its value.
 */

const SUB_BITS = 10;
const HALF = 1 << SUB_BITS;
const LARGEST_SHIFT = 30;
/** Larger values are counted as this one: about 25 days, in µs. */
export const LARGEST_US: number = 2 * HALF * (1 << LARGEST_SHIFT) - 1;
/** One more than the number of the last cell. */
export const CELLS_MAX: number = (LARGEST_SHIFT + 2) * HALF;
/** Room for values below 8 ms; grows by doubling. */
const CELLS_AT_FIRST = 4 * HALF;

/**
 * The cell of a value in µs, its fraction dropped. From 2^31 on values are beyond the reach of bit
 * operations, and rare.
 */
function cellOf(value: number): number {
  if (value < 2 ** 31) {
    const integer = value | 0;
    if (integer < 2 * HALF) return integer;
    const shift = 31 - SUB_BITS - Math.clz32(integer);
    return shift * HALF + (integer >>> shift);
  }
  return cellOf(Math.min(LARGEST_US, value) / 2 ** 11) + 11 * HALF;
}

/** The largest value in µs that is counted in this cell. */
function highestOf(cell: number): number {
  if (cell < 2 * HALF) return cell;
  const shift = (cell >>> SUB_BITS) - 1;
  return ((cell & (HALF - 1)) + HALF + 1) * (1 << shift) - 1;
}

/** Counts of durations. */
export class Histogram {
  #counts = new Float64Array(CELLS_AT_FIRST);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  /** Durations recorded. */
  get count(): number {
    return this.#count;
  }

  /** NaN when empty. Exact for what `record` counted; of cells added by `addCell`, their middle. */
  get meanMs(): number {
    return this.#sumMs / this.#count;
  }

  /** 0 when empty. Exact for what `record` counted; of cells added by `addCell`, their upper end. */
  get maxMs(): number {
    return this.#maxMs;
  }

  /** One more than the number of the last cell that may hold a count. */
  get cellLimit(): number {
    return this.#counts.length;
  }

  /** Counts one duration ≥ 0. */
  record(durationMs: number): void {
    const cell = cellOf(durationMs * 1000 + 0.5);
    if (cell >= this.#counts.length) this.#growFor(cell);
    this.#counts[cell] = (this.#counts[cell] as number) + 1;
    this.#count++;
    this.#sumMs += durationMs;
    if (durationMs > this.#maxMs) this.#maxMs = durationMs;
  }

  /**
   * The upper end of the smallest cell that at least the share p in [0, 1] lies at or below; NaN
   * when empty.
   */
  quantileMs(p: number): number {
    if (this.#count === 0) return Number.NaN;
    const wanted = Math.max(1, Math.ceil(p * this.#count - 1e-9));
    let seen = 0;
    for (let cell = 0; cell < this.#counts.length; cell++) {
      seen += this.#counts[cell] as number;
      if (seen >= wanted) return Math.min(highestOf(cell) / 1000, this.#maxMs);
    }
    return this.#maxMs;
  }

  /** Every cell that is not empty: its largest value in µs, and its count. */
  *cells(): Generator<[microseconds: number, count: number], void, undefined> {
    for (let cell = 0; cell < this.#counts.length; cell++) {
      const count = this.#counts[cell] as number;
      if (count > 0) yield [highestOf(cell), count];
    }
  }

  /** The count in one cell; 0 beyond `cellLimit`. */
  countAt(cell: number): number {
    return this.#counts[cell] ?? 0;
  }

  /** Adds `count` values to a cell in [0, CELLS_MAX), as a decoder does. */
  addCell(cell: number, count: number): void {
    if (cell >= this.#counts.length) this.#growFor(cell);
    this.#counts[cell] = (this.#counts[cell] as number) + count;
    this.#count += count;
    const highestMs = highestOf(cell) / 1000;
    const lowestMs = cell === 0 ? 0 : (highestOf(cell - 1) + 1) / 1000;
    this.#sumMs += (count * (lowestMs + highestMs)) / 2;
    this.#maxMs = Math.max(this.#maxMs, highestMs);
  }

  /** Counts everything that another one has counted. */
  add(other: Histogram): void {
    const { length } = other.#counts;
    if (length > this.#counts.length) this.#growFor(length - 1);
    for (let cell = 0; cell < length; cell++) {
      this.#counts[cell] = (this.#counts[cell] as number) + (other.#counts[cell] as number);
    }
    this.#count += other.#count;
    this.#sumMs += other.#sumMs;
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
  }

  #growFor(cell: number): void {
    let { length } = this.#counts;
    while (length <= cell) length *= 2;
    const grown = new Float64Array(Math.min(CELLS_MAX, length));
    grown.set(this.#counts);
    this.#counts = grown;
  }
}

/** A histogram of these durations. */
export function histogramOf(durationsMs: Iterable<number>): Histogram {
  const histogram = new Histogram();
  for (const durationMs of durationsMs) histogram.record(durationMs);
  return histogram;
}
