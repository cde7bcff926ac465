/** Wires over sockets of Node, by what Node documents. All reads go into the buffer that all share. */

import type { Socket } from 'node:net';
import type { Received } from '../listener/adopt.ts';
import { resetConnection } from '../reset.ts';
import type { JoinedWire, Wire, WireUser } from './wire.ts';

/** Parts of a socket that are not documented; without them what is pending is told coarser. */
interface Handled {
  readonly _handle?: { readonly writeQueueSize?: number } | null;
}

/** Writes to a socket whose reads go elsewhere. */
export class SocketSink implements Wire {
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** What is written is always lent: a socket chooses no memory of its own to read into. */
  write(bytes: Buffer, from: number, to: number): boolean {
    const isRoomy = this.socket.write(Buffer.from(bytes.subarray(from, to)));
    return isRoomy || this.socket.writableLength === 0;
  }

  end(): void {
    this.socket.end();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  readInto(_buffer: Buffer): boolean {
    return false;
  }

  get pendingBytes(): number {
    return (this.socket as Handled)._handle?.writeQueueSize ?? this.socket.writableLength;
  }

  finish(): void {
    this.socket.destroySoon();
  }

  reset(): void {
    if (!this.socket.destroyed) resetConnection(this.socket);
  }
}

/** Reads a socket and writes it. */
export class SocketWire extends SocketSink implements JoinedWire {
  user: WireUser;
  isClosed = false;

  /** @param make makes the socket, which must allow half-open connections, and read into INPUT_BUFFER */
  constructor(user: WireUser, make: (received: Received) => Socket) {
    super(make((bytes, length) => this.user.received(bytes, length)));
    this.user = user;
    this.socket.on('end', () => this.user.ended());
    this.socket.on('drain', () => this.user.drained());
    this.socket.on('error', (error) => this.user.failed(error));
    this.socket.on('close', () => {
      this.isClosed = true;
      this.user.closed();
    });
  }

  /** What it still reads is of no use. */
  override finish(): void {
    this.socket.pause();
    super.finish();
  }
}
