/**
 * A request's body on its way to the backend: measured, validated, and, as long as it is small, kept so
 * that it can be sent again.
 *
 * `accept` takes octets from the client; `flush` writes what has not been written on this
 * attempt. Between the two lie at most what one read brought and the replay limit: the client is
 * only read while a backend can take more.
 */

import type { Socket } from 'node:net';
import { ChunkedBody, type OctetSink } from './chunked.ts';
import { BAD_REQUEST, CONTENT_TOO_LARGE } from './failures.ts';
import { CHUNKED, type Framing, LENGTH } from './framing.ts';
import type { HttpLimits } from './settings.ts';

/** Above this many pieces they are joined: a body that trickles must not cost an object per octet. */
const MAX_PIECES = 64;

export class Upload implements OctetSink {
  /** All of the body has come from the client. */
  isComplete = true;
  /** The body so far can be sent again from its beginning. */
  isReplayable = true;
  /** Octets taken from the client, framing included. */
  receivedBytes = 0;
  #limits: HttpLimits | undefined;
  #remaining = 0;
  #chunked: ChunkedBody | undefined;
  /** What has been accepted and not been dropped. */
  #pieces: Buffer[] = [];
  #heldBytes = 0;
  /** How many of the pieces this attempt has written. */
  #written = 0;

  /** Begins a new body. */
  begin(framing: Framing, limits: HttpLimits): void {
    this.#limits = limits;
    this.#remaining = framing.kind === LENGTH ? framing.length : 0;
    this.#chunked = framing.kind === CHUNKED ? new ChunkedBody(limits, false) : undefined;
    this.isComplete = this.#remaining === 0 && this.#chunked === undefined;
    this.isReplayable = true;
    this.receivedBytes = 0;
    this.#written = 0;
    this.drop();
  }

  /**
   * Takes the body's part of `bytes[from, to)`.
   * @returns the index after it, or a negative status code
   */
  accept(bytes: Buffer, from: number, to: number): number {
    let end: number;
    const limit = this.#limits?.bodyBytes ?? 0;
    if (this.#chunked !== undefined) {
      end = this.#chunked.read(bytes, from, to, this);
      if (end < 0) return -BAD_REQUEST;
      if (limit > 0 && this.#chunked.payloadBytes > limit) return -CONTENT_TOO_LARGE;
      this.isComplete = this.#chunked.done;
    } else {
      end = Math.min(to, from + this.#remaining);
      this.#remaining -= end - from;
      this.isComplete = this.#remaining === 0;
      if (end > from) this.take(bytes, from, end);
    }
    this.receivedBytes += end - from;
    return end;
  }

  take(bytes: Uint8Array, from: number, to: number): void {
    this.#pieces.push(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from));
    this.#heldBytes += to - from;
    if (this.#pieces.length - this.#written > MAX_PIECES) this.#joinFrom(this.#written);
  }

  #joinFrom(first: number): void {
    this.#pieces.push(Buffer.concat(this.#pieces.splice(first)));
  }

  /** The next attempt sends the body from its beginning. */
  rewind(): void {
    this.#written = 0;
  }

  /** Octets that `flush` would write. */
  get unwrittenBytes(): number {
    let bytes = 0;
    for (let i = this.#written; i < this.#pieces.length; i++) bytes += this.#pieces[i]?.length ?? 0;
    return bytes;
  }

  /** Appends what has not been written on this attempt to `out`. */
  moveTo(out: OctetSink): void {
    for (let i = this.#written; i < this.#pieces.length; i++) {
      const piece = this.#pieces[i] as Buffer;
      out.take(piece, 0, piece.length);
    }
    this.#afterWriting();
  }

  /** Writes what has not been written on this attempt; false if the socket wants a pause. */
  flush(socket: Socket): boolean {
    for (let i = this.#written; i < this.#pieces.length; i++)
      socket.write(this.#pieces[i] as Buffer);
    this.#afterWriting();
    return !socket.writableNeedDrain;
  }

  #afterWriting(): void {
    if (this.#pieces.length > MAX_PIECES) this.#joinFrom(0);
    this.#written = this.#pieces.length;
    if (this.isReplayable && this.#heldBytes <= (this.#limits?.replayBytes ?? 0)) return;
    if (this.#heldBytes > 0) this.isReplayable = false;
    this.drop();
    this.#written = 0;
  }

  /** Lets go of what is kept: there will be no other attempt. */
  drop(): void {
    if (this.#pieces.length > 0) this.#pieces = [];
    this.#heldBytes = 0;
  }
}
