/**
 * Two sockets joined after a protocol switch (RFC 9110 section 7.8): bytes pass both ways with
 * backpressure, a half-close is carried over, and an error on either side ends both.
 *
 * It is open until both sides have ended, one fails, or neither has sent anything for tunnelIdleMs; once one side
 * has ended, for halfClosedMs.
 */

import type { Socket } from 'node:net';
import type { UpstreamConnection, UpstreamFailure, UpstreamUser } from '../upstream/connection.ts';
import type { HttpTimeouts } from './settings.ts';

/** When the system begins to ask a silent peer whether it is still there. */
const KEEP_ALIVE_MS = 60_000;

export type TunnelTimeouts = Pick<HttpTimeouts, 'tunnelIdleMs' | 'halfClosedMs'>;

export class Tunnel implements UpstreamUser {
  readonly #client: Socket;
  readonly #upstream: UpstreamConnection;
  readonly #idleMs: number;
  readonly #halfClosedMs: number;
  readonly #ended: () => void;
  #clientDone = false;
  #upstreamDone = false;
  #isOver = false;
  /** Bytes sent to the client. */
  sentBytes = 0;
  /** Bytes that came from the client. */
  receivedBytes = 0;

  /** @param ended called once, when both sockets are closed or closing */
  constructor(
    client: Socket,
    upstream: UpstreamConnection,
    { tunnelIdleMs, halfClosedMs }: TunnelTimeouts,
    ended: () => void,
  ) {
    this.#client = client;
    this.#upstream = upstream;
    this.#idleMs = tunnelIdleMs;
    this.#halfClosedMs = Math.min(halfClosedMs, tunnelIdleMs);
    this.#ended = ended;
    upstream.user = this;
    // A peer that vanished without a word is noticed by the system, long before an hour of silence.
    for (const socket of [client, upstream.socket]) socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#limit();
  }

  /** Bytes from the client. */
  clientData(bytes: Buffer, from: number, to: number): void {
    if (this.#isOver) return;
    this.#limit();
    this.receivedBytes += to - from;
    if (!this.#upstream.socket.write(copyOf(bytes, from, to))) this.#client.pause();
  }

  /** The client sends no more. */
  clientEnded(): void {
    this.#clientDone = true;
    if (this.#isOver) return;
    this.#upstream.socket.end();
    if (this.#upstreamDone) this.close();
    else this.#limit();
  }

  clientDrained(): void {
    if (!this.#isOver) this.#upstream.socket.resume();
  }

  upstreamReady(): void {}

  upstreamData(bytes: Buffer, from: number, to: number): void {
    this.#limit();
    this.sentBytes += to - from;
    if (!this.#client.write(copyOf(bytes, from, to))) this.#upstream.socket.pause();
  }

  upstreamEnded(): void {
    this.#upstreamDone = true;
    this.#client.end();
    if (this.#clientDone) this.close();
    else this.#limit();
  }

  upstreamDrained(): void {
    this.#client.resume();
  }

  upstreamFailed(_why: UpstreamFailure): void {
    this.close();
  }

  /** From now on so long a silence ends it. */
  #limit(): void {
    const isHalfClosed = this.#clientDone || this.#upstreamDone;
    this.#upstream.arm(isHalfClosed ? this.#halfClosedMs : this.#idleMs);
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

/** All sockets share the input buffer: what a socket may keep must be a copy. */
function copyOf(bytes: Buffer, from: number, to: number): Buffer {
  return Buffer.from(bytes.subarray(from, to));
}
