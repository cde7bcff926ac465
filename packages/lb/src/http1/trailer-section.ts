/**
 * The trailer section of a chunked body (RFC 9112 section 7.1.2): held back until it is whole, checked, and
 * passed on without the fields that are not wanted. Each byte is looked at once, however it comes.
 *
 * A server that reads no trailers takes them for the beginning of its next request, past all routing.
 * So of a request only fields that the configuration names are passed on.
 */

import type { ByteSink } from './byte-buffer.ts';
import { CR, LF } from './byte-classes.ts';
import {
  CONNECTION,
  CONTENT_LENGTH,
  DISGUISED_FRAMING,
  HOST,
  TRANSFER_ENCODING,
} from './fields.ts';
import { Fields, latin1, parseFields } from './head.ts';
import type { HttpLimits } from './settings.ts';

/** Fields that decided something already (RFC 9110 section 6.5.1): such a message is refused. */
const REFUSED: ReadonlySet<number> = new Set([
  CONTENT_LENGTH,
  TRANSFER_ENCODING,
  DISGUISED_FRAMING,
  HOST,
  CONNECTION,
]);

const EMPTY_LINE = Buffer.from('\r\n');
const INITIAL_BYTES = 256;

/** Whether the field of this name, in lower case, is passed on. */
export type PassesTrailer = (name: string) => boolean;

export class TrailerSection {
  readonly #limits: HttpLimits;
  readonly #passes: PassesTrailer;
  #memory: Buffer = EMPTY_LINE;
  #length = 0;
  /** Where the line begins that has not come whole. */
  #lineStart = 0;
  #fields: Fields | undefined;
  isComplete = false;

  constructor(limits: HttpLimits, passes: PassesTrailer) {
    this.#limits = limits;
    this.#passes = passes;
  }

  /**
   * Goes on with `bytes[from, to)`.
   * @returns the index after what belongs to the section, or −1: malformed, forbidden or too long
   */
  read(bytes: Uint8Array, from: number, to: number): number {
    if (this.#length === 0 && to - from >= 2 && bytes[from] === CR && bytes[from + 1] === LF) {
      this.isComplete = true;
      return from + 2;
    }
    for (let at = from; at < to; ) {
      const lineFeed = bytes.indexOf(LF, at);
      const end = lineFeed < 0 || lineFeed >= to ? to : lineFeed + 1;
      if (!this.#keep(bytes, at, end)) return -1;
      at = end;
      if (this.#memory[this.#length - 1] !== LF) continue;
      if (this.#memory[this.#length - 2] !== CR) return -1;
      if (this.#length - this.#lineStart === 2) return this.#check() ? at : -1;
      this.#lineStart = this.#length;
    }
    return to;
  }

  /** Hands over what is passed on, the final empty line included. */
  passTo(sink: ByteSink): void {
    const fields = this.#fields;
    for (let i = 0; fields !== undefined && i < fields.count; i++) {
      const start = fields.nameStart[i] as number;
      const name = latin1(fields.bytes, start, fields.nameEnd[i] as number).toLowerCase();
      if (this.#passes(name)) sink.take(fields.bytes, start, fields.lineEnd(i));
    }
    sink.take(EMPTY_LINE, 0, EMPTY_LINE.length);
  }

  #keep(bytes: Uint8Array, from: number, to: number): boolean {
    const length = this.#length + to - from;
    if (length > Math.max(this.#limits.trailerBytes, EMPTY_LINE.length)) return false;
    if (length > this.#memory.length || this.#length === 0) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#length, INITIAL_BYTES));
      this.#memory.copy(larger, 0, 0, this.#length);
      this.#memory = larger;
    }
    this.#memory.set(bytes.subarray(from, to), this.#length);
    this.#length = length;
    return true;
  }

  /** The section is whole: false if it breaks the grammar, or has a field that no trailer may be. */
  #check(): boolean {
    const fields = new Fields(this.#limits.fields);
    if (parseFields(fields, this.#memory, 0, this.#length) <= 0) return false;
    if (fields.kind.subarray(0, fields.count).some((kind) => REFUSED.has(kind))) return false;
    this.#fields = fields;
    this.isComplete = true;
    return true;
  }
}
