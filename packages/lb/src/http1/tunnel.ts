/**
 * Two sockets joined after a protocol switch (RFC 9110 section 7.8): bytes pass both ways with
 * backpressure, a half-close is carried over, and an error on either side ends both.
 *
 * It is open until both sides have ended, one fails, or neither has sent anything for tunnelIdleMs.
 */

import type { Socket } from 'node:net';
import type { UpstreamConnection, UpstreamFailure, UpstreamUser } from '../upstream/connection.ts';

export class Tunnel implements UpstreamUser {
  readonly #client: Socket;
  readonly #upstream: UpstreamConnection;
  readonly #idleMs: number;
  readonly #ended: () => void;
  #clientDone = false;
  #upstreamDone = false;
  #isOver = false;
  /** Bytes sent to the client. */
  sentBytes = 0;

  /** @param ended called once, when both sockets are closed or closing */
  constructor(client: Socket, upstream: UpstreamConnection, idleMs: number, ended: () => void) {
    this.#client = client;
    this.#upstream = upstream;
    this.#idleMs = idleMs;
    this.#ended = ended;
    upstream.user = this;
    upstream.arm(idleMs);
  }

  /** Bytes from the client. */
  clientData(bytes: Buffer, from: number, to: number): void {
    if (this.#isOver) return;
    this.#upstream.arm(this.#idleMs);
    if (!this.#upstream.socket.write(copyOf(bytes, from, to))) this.#client.pause();
  }

  /** The client sends no more. */
  clientEnded(): void {
    this.#clientDone = true;
    if (this.#isOver) return;
    this.#upstream.socket.end();
    if (this.#upstreamDone) this.close();
  }

  clientDrained(): void {
    if (!this.#isOver) this.#upstream.socket.resume();
  }

  upstreamReady(): void {}

  upstreamData(bytes: Buffer, from: number, to: number): void {
    this.#upstream.arm(this.#idleMs);
    this.sentBytes += to - from;
    if (!this.#client.write(copyOf(bytes, from, to))) this.#upstream.socket.pause();
  }

  upstreamEnded(): void {
    this.#upstreamDone = true;
    this.#client.end();
    if (this.#clientDone) this.close();
  }

  upstreamDrained(): void {
    this.#client.resume();
  }

  upstreamFailed(_why: UpstreamFailure): void {
    this.close();
  }

  /** Ends both sides. What a side sent before its own end still reaches the other, if that takes it. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#clientDone) this.#upstream.finish();
    else this.#upstream.destroy();
    if (this.#upstreamDone) this.#client.destroySoon();
    else this.#client.destroy();
    this.#ended();
  }
}

/** The input buffer is everybody's: what a socket may keep must be a copy. */
function copyOf(bytes: Buffer, from: number, to: number): Buffer {
  return Buffer.from(bytes.subarray(from, to));
}
