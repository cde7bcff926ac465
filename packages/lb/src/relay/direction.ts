/**
 * One direction of a relay: from a source to a sink, no faster than the sink takes it.
 *
 * Two buffers: reads go into the one that all connections share; after a read that filled it, there is more
 * to come at once, and the next ones go into a large one of this direction's own (bulk-buffers.ts), written from
 * straight. It has it no longer than the source goes on without a pause and what was written from it
 * takes to leave: a connection that falls silent keeps nothing.
 */

import { INPUT_BUFFER } from '../input-buffer.ts';
import type { BulkBuffers } from './bulk-buffers.ts';
import type { Wire } from './wire.ts';

/**
 * So often libuv reads on, within one turn of its loop, while reads fill their buffers. What is read next comes in
 * a later turn, if ever.
 */
const READS_PER_TURN = 32;

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
  /** Reads of this turn, all of which filled their buffers. */
  #fullReads = 0;
  /** The source has ended. */
  isDone = false;
  /** Bytes given to the sink. */
  bytes = 0;

  constructor(source: Wire, sink: Wire, buffers: BulkBuffers) {
    this.#source = source;
    this.#sink = sink;
    this.#buffers = buffers;
  }

  /** `bytes[from, to)` came from the source; none of them: it has nothing more for now. */
  pass(bytes: Buffer, from: number, to: number): void {
    const length = to - from;
    const isOwn = bytes === this.#own;
    if (length > 0) {
      this.bytes += length;
      if (!this.#sink.write(bytes, from, to, !isOwn)) {
        this.#isHeld = true;
        this.#source.pause();
      }
    }
    const isFull = length === (isOwn ? bytes : INPUT_BUFFER).length;
    this.#fullReads = isFull && !this.#isHeld ? (this.#fullReads + 1) % READS_PER_TURN : 0;
    // The last read of a turn goes into the shared buffer, and so does the first.
    const isLarge = this.#fullReads > 0 && this.#fullReads < READS_PER_TURN - 1;
    if (isOwn && !isLarge) this.#leaveOwn();
    else if (isLarge && !isOwn) this.#takeOwn();
  }

  /** The source sends no more. @param isTold the sink is told so; otherwise it is about to be closed */
  end(isTold: boolean): void {
    this.isDone = true;
    if (isTold) this.#sink.end();
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

  #leaveOwn(): void {
    this.#isOwnDone = true;
    this.#source.readInto(INPUT_BUFFER);
    if (!this.#isHeld) this.#giveBack();
  }

  #giveBack(): void {
    const own = this.#own;
    this.#own = undefined;
    this.#isOwnDone = false;
    if (own !== undefined) this.#buffers.give(own);
  }
}
