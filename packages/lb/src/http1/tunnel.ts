/**
 * A client's connection and a backend's, joined after a protocol switch (RFC 9110 section 7.8). Both have
 * been read and written for HTTP before, and each tells here what comes by it.
 */

import type { Socket } from 'node:net';
import { KEEP_ALIVE_MS } from '../listener/listener.ts';
import { Relay } from '../relay/relay.ts';
import { SocketSink } from '../relay/socket-wire.ts';
import { resetConnection } from '../reset.ts';
import type { UpstreamConnection, UpstreamFailure, UpstreamUser } from '../upstream/connection.ts';
import type { TimerWheel } from '../wheel.ts';
import type { HttpTimeouts } from './settings.ts';

export type TunnelTimeouts = Pick<HttpTimeouts, 'tunnelIdleMs' | 'halfClosedMs'>;

export class Tunnel implements UpstreamUser {
  readonly #relay: Relay;

  /** @param ended called once, when both sockets are closed or closing */
  constructor(
    client: Socket,
    upstream: UpstreamConnection,
    clock: TimerWheel,
    { tunnelIdleMs: idleMs, halfClosedMs }: TunnelTimeouts,
    ended: () => void,
  ) {
    upstream.user = this;
    upstream.disarm();
    // A peer that vanished without a word is noticed by the system, long before an hour of silence.
    for (const socket of [client, upstream.socket]) socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#relay = new Relay({
      client: new SocketSink(client),
      backend: new UpstreamSink(upstream, Math.min(halfClosedMs, idleMs)),
      clock,
      idleMs,
      halfClosedMs,
      over: ended,
    });
  }

  /** Bytes that came from the client. */
  get receivedBytes(): number {
    return this.#relay.receivedBytes;
  }

  /** Bytes sent to the client. */
  get sentBytes(): number {
    return this.#relay.sentBytes;
  }

  /** Bytes from the client. */
  clientData(bytes: Buffer, from: number, to: number): void {
    this.#relay.received('client', bytes, from, to);
  }

  /** The client sends no more. */
  clientEnded(): void {
    this.#relay.ended('client');
  }

  clientDrained(): void {
    this.#relay.drained('client');
  }

  upstreamReady(): void {}

  upstreamData(bytes: Buffer, from: number, to: number): void {
    this.#relay.received('backend', bytes, from, to);
  }

  upstreamEnded(): void {
    this.#relay.ended('backend');
  }

  upstreamDrained(): void {
    this.#relay.drained('backend');
  }

  upstreamFailed(_why: UpstreamFailure): void {
    this.#relay.failed('backend');
  }

  /** Ends both sides. */
  close(): void {
    this.#relay.cutOff();
  }
}

/** Ends of a backend's connection, which its pool has to be told of. */
class UpstreamSink extends SocketSink {
  readonly #upstream: UpstreamConnection;
  readonly #lastWordsMs: number;

  /** @param lastWordsMs how long what was written may take to leave */
  constructor(upstream: UpstreamConnection, lastWordsMs: number) {
    super(upstream.socket);
    this.#upstream = upstream;
    this.#lastWordsMs = lastWordsMs;
  }

  override finish(): void {
    this.#upstream.arm(this.#lastWordsMs);
    this.#upstream.finish();
  }

  override reset(): void {
    if (!this.#upstream.isClosed) resetConnection(this.socket);
    this.#upstream.destroy();
  }
}
