/**
 * The beginning of a head that comes in pieces. Parsing it anew with each piece would cost time by the
 * square of its length, so it is looked at again only when that can tell more: when its final empty line
 * has come, when a line is malformed, or when there is twice as much as at the last look.
 */

import { CR, LF } from './byte-classes.ts';

const INITIAL_BYTES = 1024;

export class GatheredBytes {
  #memory: Buffer;
  #length: number;
  /** How much there was at the last look. */
  #lookedAt: number;
  #isWorthALook = false;

  /** Begins with a copy of `bytes[from, to)`, which has been looked at. */
  constructor(bytes: Buffer, from: number, to: number) {
    this.#length = to - from;
    this.#lookedAt = this.#length;
    this.#memory = Buffer.allocUnsafe(Math.max(INITIAL_BYTES, 2 * this.#length));
    bytes.copy(this.#memory, 0, from, to);
  }

  /** The memory that holds the bytes in `[0, length)`; replaced when it grows. */
  get memory(): Buffer {
    return this.#memory;
  }

  get length(): number {
    return this.#length;
  }

  /** Whether parsing them can tell more than at the last look. */
  get isWorthALook(): boolean {
    return this.#isWorthALook || this.#length >= 2 * this.#lookedAt;
  }

  /** They have been parsed, in vain. */
  looked(): void {
    this.#lookedAt = this.#length;
    this.#isWorthALook = false;
  }

  /** Appends `bytes[from, to)`. */
  add(bytes: Buffer, from: number, to: number): void {
    const start = this.#length;
    const length = start + to - from;
    if (length > this.#memory.length) {
      const larger = Buffer.allocUnsafe(2 * length);
      this.#memory.copy(larger, 0, 0, start);
      this.#memory = larger;
    }
    bytes.copy(this.#memory, start, from, to);
    this.#length = length;
    this.#isWorthALook ||= this.#endsALine(start);
  }

  /** Whether from `start` on there is an empty line, or an LF without its CR. */
  #endsALine(start: number): boolean {
    const bytes = this.#memory.subarray(0, this.#length);
    for (let at = bytes.indexOf(LF, start); at >= 0; at = bytes.indexOf(LF, at + 1)) {
      if (bytes[at - 1] !== CR || at === 1 || bytes[at - 2] === LF) return true;
    }
    return false;
  }
}
