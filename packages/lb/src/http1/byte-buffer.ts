/**
 * Memory in which an outgoing message is put together and handed to a socket in one write.
 *
 * The kernel nearly always takes everything at once, and then the same memory serves the next message:
 * no allocation per message. Only when a peer is slow does the socket keep the memory, and fresh
 * memory takes its place. Whether it did is public knowledge: `writableLength` is 0 after a write
 * that went through.
 */

import type { Socket } from 'node:net';
import { writeBytes } from '../direct-socket.ts';

const { copy } = Buffer.prototype;

/** Takes the bytes that are to be forwarded; valid only during the call. */
export interface ByteSink {
  take(bytes: Uint8Array, from: number, to: number): void;
}

/** Memory that has grown beyond this many times its first size is not kept while there is nothing to do. */
const KEPT_GROWTH = 8;

export class ByteBuffer implements ByteSink {
  readonly #initialBytes: number;
  #memory: Buffer | undefined;
  #length = 0;
  /** A socket still reads the memory: what is in it must not change. */
  #isLent = false;

  /** @param initialBytes how much memory to begin with; it grows as needed */
  constructor(initialBytes: number) {
    this.#initialBytes = initialBytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Appends a string of bytes. */
  text(text: string): void {
    this.#room(text.length).write(text, this.#length, 'latin1');
    this.#length += text.length;
  }

  /** Appends `bytes[from, to)`. */
  take(bytes: Uint8Array, from: number, to: number): void {
    copy.call(bytes, this.#room(to - from), this.#length, from, to);
    this.#length += to - from;
  }

  /** Puts a string of bytes in the place of those at `at`. */
  overwrite(at: number, text: string): void {
    if (this.#isLent) this.#memory = Buffer.from(this.#memory as Buffer);
    this.#isLent = false;
    this.#memory?.write(text, at, 'latin1');
  }

  /** Appends the bytes in `[from, to)` to `out`. */
  copyTo(out: ByteSink, from: number, to: number): void {
    if (this.#memory !== undefined && to > from) out.take(this.#memory, from, to);
  }

  /**
   * Writes the bytes from index `from` on; they stay here too.
   * @returns false if the caller should wait for `drain` before more
   */
  sendTo(socket: Socket, from = 0): boolean {
    if (this.#memory === undefined || from === this.#length) return !socket.writableNeedDrain;
    const part = this.#memory.subarray(from, this.#length);
    // A socket that is behind keeps what it gets: a copy that is no larger than it need be.
    if (socket.writableLength > 0) return socket.write(Buffer.from(part));
    const isFlowing = writeBytes(socket, part);
    if (socket.writableLength > 0) this.#isLent = true;
    return isFlowing;
  }

  /** Forgets everything; the memory serves the next message, unless a socket has kept it. */
  clear(): void {
    this.#length = 0;
    if (!this.#isLent) return;
    this.#memory = undefined;
    this.#isLent = false;
  }

  /** As `clear`, and gives back memory that has grown large: for a while there is no next message. */
  rest(): void {
    this.clear();
    const bytes = this.#memory?.length ?? 0;
    if (bytes > KEPT_GROWTH * this.#initialBytes) this.#memory = undefined;
  }

  /** The memory, with room for so many bytes more. */
  #room(bytes: number): Buffer {
    const memory = this.#memory;
    const needed = this.#length + bytes;
    if (memory !== undefined && needed <= memory.length) return memory;
    const size = Math.max(needed, this.#initialBytes, 2 * (memory?.length ?? 0));
    const larger = Buffer.allocUnsafeSlow(size);
    memory?.copy(larger, 0, 0, this.#length);
    this.#memory = larger;
    this.#isLent = false;
    return larger;
  }
}
