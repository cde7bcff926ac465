/**
 * What a backend is sent for one request: the head, and behind it the body as it comes from the
 * client, in one piece of memory, so that what is there leaves in one write.
 *
 * It is kept as long as it may have to be sent again: until the response is complete, or until the body
 * outgrows the replay limit. Between writes lie at most that limit and what one read brought: the
 * client is only read while a backend can take more.
 */

import type { Socket } from 'node:net';
import { PARENT_LENGTH } from '../observer.ts';
import { ByteBuffer, type ByteSink } from './byte-buffer.ts';

/** Enough for a plain head; a browser's makes it grow once. */
const INITIAL_BYTES = 512;
const ANY_PARENT = `${'0'.repeat(PARENT_LENGTH)}\r\n`;

export class OutgoingRequest implements ByteSink {
  readonly #bytes = new ByteBuffer(INITIAL_BYTES);
  /** Where the request line ends, if a Host field of the endpoint's own belongs there; else −1. */
  #hostAt = -1;
  /** Where the part of `traceparent` is that each attempt has for itself; −1 if there is none. */
  #parentAt = -1;
  #headBytes = 0;
  #replayBytes = 0;
  /** How much of it this attempt has written. */
  #sentBytes = 0;
  /** All so far can be sent again from its beginning. */
  isReplayable = true;

  /** Begins a new request. `replayBytes`: how much of its body is kept. */
  begin(replayBytes: number): void {
    this.drop();
    this.#hostAt = -1;
    this.#parentAt = -1;
    this.#headBytes = 0;
    this.#replayBytes = replayBytes;
    this.isReplayable = true;
  }

  text(text: string): void {
    this.#bytes.text(text);
  }

  take(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes.take(bytes, from, to);
  }

  /** A Host field that names the endpoint belongs here. */
  placeHost(): void {
    this.#hostAt = this.#bytes.length;
  }

  /** A `traceparent` field belongs here, whose end is told to `setParent`. */
  placeTraceparent(traceId: string): void {
    this.text(`traceparent: 00-${traceId}-`);
    this.#parentAt = this.#bytes.length;
    this.text(ANY_PARENT);
  }

  /** What `traceparent` ends with, from here on. To be told before anything is sent. */
  setParent(parent: string): void {
    if (this.#parentAt >= 0) this.#bytes.overwrite(this.#parentAt, parent);
  }

  /** The head is complete; what follows is body. */
  endHead(): void {
    this.#headBytes = this.#bytes.length;
  }

  /** Whether the endpoint's address is to be told to `send`. */
  get needsHost(): boolean {
    return this.#hostAt >= 0;
  }

  /** The next attempt sends it from its beginning. */
  rewind(): void {
    this.#sentBytes = 0;
  }

  /**
   * Writes what has not been written on this attempt.
   * @returns false if the socket wants a pause
   */
  send(socket: Socket): boolean {
    const isFlowing = this.#bytes.sendTo(socket, this.#sentBytes);
    this.#afterSending();
    return isFlowing;
  }

  /** The first `send` of an attempt, with `host` in the Host field; put together in `scratch`. */
  sendWithHost(socket: Socket, host: string, scratch: ByteBuffer): boolean {
    const bytes = this.#bytes;
    bytes.copyTo(scratch, 0, this.#hostAt);
    scratch.text(`Host: ${host}\r\n`);
    bytes.copyTo(scratch, this.#hostAt, bytes.length);
    const isFlowing = scratch.sendTo(socket);
    scratch.clear();
    this.#afterSending();
    return isFlowing;
  }

  #afterSending(): void {
    const { length } = this.#bytes;
    this.#sentBytes = length;
    const heldBodyBytes = length - this.#headBytes;
    if (this.isReplayable && heldBodyBytes <= this.#replayBytes) return;
    this.isReplayable = false;
    this.#headBytes = 0;
    this.#sentBytes = 0;
    this.#bytes.clear();
  }

  /** Lets go of what is kept: there will be no other attempt. */
  drop(): void {
    this.#bytes.rest();
    this.#sentBytes = 0;
  }
}
