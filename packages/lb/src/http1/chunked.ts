/**
 * The chunked coding (RFC 9112 section 7.1), validated while it passes through.
 *
 * Chunks are forwarded as they came, in the ranges that the input offers, since copying every
 * payload into chunks of our own would cost and show nothing. Three things are not: chunk
 * extensions are dropped, the trailer section is held back until it has been checked as a whole, and
 * for a client that takes no chunks the framing is taken off.
 *
 * States: SIZE → (EXTENSION) → SIZE_LF → DATA → DATA_CR → DATA_LF → SIZE …, and after the chunk of size
 * 0 TRAILER → DONE. No state has a timeout of its own: the connection that feeds it has.
 */

import type { ByteSink } from './byte-buffer.ts';
import { CR, HEX_VALUE, LF, SEMICOLON } from './byte-classes.ts';
import {
  AFTER_EXTENSION,
  EXTENSION_BAD,
  EXTENSION_END,
  EXTENSION_START,
  nextInExtension,
} from './chunk-extension.ts';
import type { HttpLimits } from './settings.ts';
import { type PassesTrailer, TrailerSection } from './trailer-section.ts';

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

/** How a body is read, and what of it is forwarded. */
export interface ChunkedRules {
  /** The payload alone is forwarded, without its framing. */
  readonly payloadOnly: boolean;
  /**
   * White space that RFC 9112 allows in a chunk-size line is accepted. Not from clients: no client sends it, and a
   * server that reads it in another way sees another request.
   */
  readonly acceptsBlanks: boolean;
  /** Whether the trailer field of this name, in lower case, is forwarded. */
  readonly passesTrailer: PassesTrailer;
}

/** The state of one chunked body. */
export class ChunkedBody {
  readonly #limits: HttpLimits;
  readonly #rules: ChunkedRules;
  #state = SIZE;
  #digits = 0;
  #size = 0;
  /** Where in the grammar of extensions it is. */
  #extension = EXTENSION_START;
  #extensionBytes = 0;
  #trailers: TrailerSection | undefined;
  /** Payload bytes so far, of complete and begun chunks. */
  payloadBytes = 0;

  constructor(limits: HttpLimits, rules: ChunkedRules) {
    this.#limits = limits;
    this.#rules = rules;
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
        if (this.#rules.payloadOnly) sink.take(bytes, i, end);
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
        i = this.#readTrailers(bytes, i, to, sink);
        if (i < 0) return -1;
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
    if (!this.#rules.payloadOnly && to > from) sink.take(bytes, from, to);
  }

  /** One byte outside payload and trailers; false if it is not allowed here. */
  #framingByte(byte: number): boolean {
    switch (this.#state) {
      case SIZE:
        return this.#sizeByte(byte);
      case EXTENSION:
        this.#extension = nextInExtension(this.#extension, byte, this.#rules.acceptsBlanks);
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
    else return this.#blankAfterSize(byte);
    return true;
  }

  #blankAfterSize(byte: number): boolean {
    this.#state = EXTENSION;
    this.#extension = nextInExtension(AFTER_EXTENSION, byte, this.#rules.acceptsBlanks);
    return this.#extension === AFTER_EXTENSION;
  }

  #readTrailers(bytes: Uint8Array, from: number, to: number, sink: ByteSink): number {
    this.#trailers ??= new TrailerSection(this.#limits, this.#rules.passesTrailer);
    const end = this.#trailers.read(bytes, from, to);
    if (this.#trailers.isComplete) {
      if (!this.#rules.payloadOnly) this.#trailers.passTo(sink);
      this.#state = DONE;
    }
    return end;
  }
}
