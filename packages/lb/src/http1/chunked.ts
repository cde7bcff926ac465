/**
 * The chunked coding (RFC 9112 section 7.1), validated while it passes through.
 *
 * Chunks are forwarded as they came, in the ranges that the input offers, since copying every
 * payload into chunks of our own would cost and show nothing. Three things are not: chunk
 * extensions are dropped, the trailer section is held back until it has been checked as a whole, and
 * in `payload` mode (for an HTTP/1.0 client) the framing is taken off.
 *
 * States: SIZE → (EXTENSION) → SIZE_LF → DATA → DATA_CR → DATA_LF → SIZE …, and after the chunk of size
 * 0 TRAILER → DONE. No state has a timeout of its own: the connection that feeds it has.
 */

import type { ByteSink } from './byte-buffer.ts';
import { CR, HEX_VALUE, LF, SEMICOLON } from './byte-classes.ts';
import {
  EXTENSION_BAD,
  EXTENSION_END,
  EXTENSION_START,
  nextInExtension,
} from './chunk-extension.ts';
import {
  CONNECTION,
  CONTENT_LENGTH,
  DISGUISED_FRAMING,
  HOST,
  TRANSFER_ENCODING,
} from './fields.ts';
import { BAD, Fields, INCOMPLETE, parseFields } from './head.ts';
import type { HttpLimits } from './settings.ts';

const SIZE = 0;
const EXTENSION = 1;
const SIZE_LF = 2;
const DATA = 3;
const DATA_CR = 4;
const DATA_LF = 5;
const TRAILER = 6;
const DONE = 7;

/** Enough for 2^53 − 1; more digits, zeros included, are refused. */
const MAX_SIZE_DIGITS = 14;

/** Fields that a trailer section must not have (RFC 9110 section 6.5.1): they decided something already. */
const NOT_IN_TRAILERS: ReadonlySet<number> = new Set([
  CONTENT_LENGTH,
  TRANSFER_ENCODING,
  DISGUISED_FRAMING,
  HOST,
  CONNECTION,
]);

/** The state of one chunked body. */
export class ChunkedBody {
  readonly #limits: HttpLimits;
  readonly #payloadOnly: boolean;
  #state = SIZE;
  #digits = 0;
  #size = 0;
  /** Where in the grammar of extensions it is. */
  #extension = EXTENSION_START;
  #extensionBytes = 0;
  #trailer: number[] = [];
  /** Payload bytes so far, of complete and begun chunks. */
  payloadBytes = 0;

  /** @param payloadOnly forward the payload without its framing */
  constructor(limits: HttpLimits, payloadOnly: boolean) {
    this.#limits = limits;
    this.#payloadOnly = payloadOnly;
  }

  get done(): boolean {
    return this.#state === DONE;
  }

  /**
   * Goes on with `bytes[from, to)` and hands what is to be forwarded to `sink`.
   * @returns the index after the last byte that belongs to the body, or −1: malformed
   */
  read(bytes: Uint8Array, from: number, to: number, sink: ByteSink): number {
    let i = from;
    /** Start of the bytes not yet handed over, −1 while they are not to be. */
    let run = this.#state === EXTENSION || this.#state === TRAILER ? -1 : from;
    while (i < to && this.#state !== DONE) {
      if (this.#state === DATA) {
        const end = Math.min(to, i + this.#size);
        if (this.#payloadOnly) sink.take(bytes, i, end);
        this.#size -= end - i;
        i = end;
        if (this.#size === 0) this.#state = DATA_CR;
        continue;
      }
      if (this.#state === TRAILER) {
        if (run >= 0) {
          this.#handOver(bytes, run, i, sink);
          run = -1;
        }
        if (!this.#trailerByte(bytes[i] as number, sink)) return -1;
        i++;
        continue;
      }
      const before = this.#state;
      if (!this.#framingByte(bytes[i] as number)) return -1;
      if (before === SIZE && this.#state === EXTENSION) {
        this.#handOver(bytes, run, i, sink);
        run = -1;
      } else if (before === EXTENSION && this.#state === SIZE_LF) {
        run = i;
      }
      i++;
    }
    if (run >= 0) this.#handOver(bytes, run, i, sink);
    return i;
  }

  #handOver(bytes: Uint8Array, from: number, to: number, sink: ByteSink): void {
    if (!this.#payloadOnly && to > from) sink.take(bytes, from, to);
  }

  /** One byte outside payload and trailers; false if it is not allowed here. */
  #framingByte(byte: number): boolean {
    switch (this.#state) {
      case SIZE:
        return this.#sizeByte(byte);
      case EXTENSION:
        this.#extension = nextInExtension(this.#extension, byte);
        if (this.#extension === EXTENSION_END) this.#state = SIZE_LF;
        else if (++this.#extensionBytes > this.#limits.chunkExtensionBytes) return false;
        return this.#extension !== EXTENSION_BAD;
      case SIZE_LF:
        if (byte !== LF) return false;
        this.#state = this.#size > 0 ? DATA : TRAILER;
        return true;
      case DATA_CR:
        this.#state = DATA_LF;
        return byte === CR;
      default:
        this.#state = SIZE;
        this.#digits = 0;
        return byte === LF;
    }
  }

  #sizeByte(byte: number): boolean {
    const value = HEX_VALUE[byte] as number;
    if (value < 16) {
      this.#size = this.#digits === 0 ? value : this.#size * 16 + value;
      return ++this.#digits <= MAX_SIZE_DIGITS && this.#size <= Number.MAX_SAFE_INTEGER;
    }
    if (this.#digits === 0) return false;
    this.payloadBytes += this.#size;
    this.#extensionBytes = 1;
    this.#extension = EXTENSION_START;
    if (byte === SEMICOLON) this.#state = EXTENSION;
    else if (byte === CR) this.#state = SIZE_LF;
    else return false;
    return true;
  }

  #trailerByte(byte: number, sink: ByteSink): boolean {
    const trailer = this.#trailer;
    if (trailer.length >= this.#limits.trailerBytes) return false;
    trailer.push(byte);
    if (byte !== LF) return true;
    const empty = trailer.length === 2 && trailer[0] === CR;
    if (!empty) {
      const verdict = this.#checkTrailers(trailer);
      if (verdict <= 0) return verdict === INCOMPLETE;
    }
    const section = Uint8Array.from(trailer);
    this.#handOver(section, 0, section.length, sink);
    this.#state = DONE;
    return true;
  }

  /** Positive if the section is complete and harmless, INCOMPLETE, or negative. */
  #checkTrailers(section: readonly number[]): number {
    const fields = new Fields(this.#limits.fields);
    const end = parseFields(fields, Uint8Array.from(section), 0, section.length);
    if (end <= 0) return end;
    const forbidden = fields.kind
      .subarray(0, fields.count)
      .some((kind) => NOT_IN_TRAILERS.has(kind));
    return forbidden ? BAD : end;
  }
}
