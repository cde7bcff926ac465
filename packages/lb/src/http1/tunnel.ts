/**
 * Two sockets joined after a protocol switch (RFC 9110 section 7.8): octets pass both ways with
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
  /** Octets sent to the client. */
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

  /** Octets from the client. */
  clientData(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#upstream.arm(this.#idleMs);
    if (!this.#upstream.socket.write(bytes)) this.#client.pause();
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
    // The input buffer is everybody's: what the socket may keep must be a copy.
    if (!this.#client.write(Buffer.from(bytes.subarray(from, to)))) this.#upstream.socket.pause();
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

  /** Ends both sides. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#upstream.destroy();
    // What is on its way to the client still leaves, unless it does not take it.
    if (this.#upstreamDone) this.#client.destroySoon();
    else this.#client.destroy();
    this.#ended();
  }
}
