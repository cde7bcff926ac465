/** A wire over a socket of Node, by what Node documents. */

import type { Socket } from 'node:net';
import { INPUT_BUFFER } from '../input-buffer.ts';
import { resetConnection } from '../reset.ts';
import type { Wire, WireUser } from './wire.ts';

/** What a socket is told so that a wire chooses where its reads go. */
export interface Reading {
  readonly buffer: () => Buffer;
  readonly callback: (length: number, bytes: Uint8Array) => boolean;
}

/** Parts of a socket that are not documented; without them what is pending is told coarser. */
interface Handled {
  readonly _handle?: { readonly writeQueueSize?: number } | null;
}

/** Writes to a socket whose reads go elsewhere. */
export class SocketSink implements Wire {
  readonly socket: Socket;
  #owes = false;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  write(bytes: Buffer, from: number, to: number, isLent: boolean): boolean {
    const part = bytes.subarray(from, to);
    if (isLent) {
      const isRoomy = this.socket.write(Buffer.from(part));
      return isRoomy || this.socket.writableLength === 0;
    }
    this.socket.write(part, this.#written);
    this.#owes = this.socket.writableLength > 0;
    return !this.#owes;
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

  /** What was written has left: tells the user, unless Node does so by itself. */
  protected drained(): void {}

  readonly #written = (): void => {
    if (!this.#owes) return;
    this.#owes = false;
    this.drained();
  };
}

/** Reads and writes a socket, and chooses where the reads go. */
export class SocketWire extends SocketSink {
  user: WireUser;
  isClosed = false;
  #next: { buffer: Buffer };

  /** @param make makes the socket, which must allow half-open connections */
  constructor(user: WireUser, make: (reading: Reading) => Socket) {
    const next = { buffer: INPUT_BUFFER };
    const socket = make({
      buffer: () => next.buffer,
      callback: (length, bytes) => {
        this.user.received(bytes as Buffer, length);
        return true;
      },
    });
    super(socket);
    this.user = user;
    this.#next = next;
    socket.on('end', () => this.user.ended());
    socket.on('drain', () => this.user.drained());
    socket.on('error', (error) => this.user.failed(error));
    socket.on('close', () => {
      this.isClosed = true;
      this.user.closed();
    });
  }

  override readInto(buffer: Buffer): boolean {
    this.#next.buffer = buffer;
    return true;
  }

  /** What it still reads would go into memory that may have another use by then. */
  override finish(): void {
    this.socket.pause();
    super.finish();
  }

  protected override drained(): void {
    this.user.drained();
  }
}
