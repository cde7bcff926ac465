/**
 * One direction of a relay: from a source to a sink, no faster than the sink takes it.
 *
 * Two buffers: reads go into the one that all connections share; after a read that filled it, there is more
 * to come, and the source gets one of its own (bulk-buffers.ts), written from straight while the source
 * waits, until a read comes that the shared one could have taken.
 */

import { INPUT_BUFFER } from '../input-buffer.ts';
import type { BulkBuffers } from './bulk-buffers.ts';
import type { Wire } from './wire.ts';

export class Direction {
  readonly #source: Wire;
  readonly #sink: Wire;
  readonly #buffers: BulkBuffers;
  /** The source's own buffer. */
  #own: Buffer | undefined;
  /** The next read goes into the shared buffer; the own one goes when it has been written. */
  #isOwnDone = false;
  /** The sink has not taken all that it was given; the source waits. */
  #isHeld = false;
  /** The source has ended. */
  isDone = false;
  /** Bytes given to the sink. */
  bytes = 0;

  constructor(source: Wire, sink: Wire, buffers: BulkBuffers) {
    this.#source = source;
    this.#sink = sink;
    this.#buffers = buffers;
  }

  /** `bytes[from, to)` came from the source. */
  pass(bytes: Buffer, from: number, to: number): void {
    const length = to - from;
    this.bytes += length;
    const isLent = bytes !== this.#own;
    if (!this.#sink.write(bytes, from, to, isLent)) {
      this.#isHeld = true;
      this.#source.pause();
    }
    if (isLent) {
      if (length >= INPUT_BUFFER.length) this.#takeOwn();
    } else if (length <= INPUT_BUFFER.length) {
      this.#isOwnDone = true;
      this.#source.readInto(INPUT_BUFFER);
      if (!this.#isHeld) this.#giveBack();
    }
  }

  /** The source sends no more. */
  end(): void {
    this.isDone = true;
    this.#sink.end();
  }

  /** The sink has taken all, or is gone. */
  drained(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    if (this.#isOwnDone) this.#giveBack();
    this.#source.resume();
  }

  /** Nothing more comes from the source; what the sink has not taken yet is still in the own buffer. */
  close(): void {
    if (this.#isHeld) this.#isOwnDone = true;
    else this.#giveBack();
  }

  #takeOwn(): void {
    const own = this.#buffers.take();
    if (own === undefined) return;
    if (this.#source.readInto(own)) this.#own = own;
    else this.#buffers.give(own);
  }

  #giveBack(): void {
    const own = this.#own;
    this.#own = undefined;
    this.#isOwnDone = false;
    if (own !== undefined) this.#buffers.give(own);
  }
}
