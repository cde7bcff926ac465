/**
 * A buffer in which one outgoing message part is put together and handed to a socket in one write.
 *
 * The kernel nearly always takes everything at once, and then the same memory serves the next write
 * of any connection: no allocation per message. Only when a peer is slow does the socket keep the
 * memory, and a fresh buffer takes its place. Whether it did is public knowledge: `writableLength`
 * is 0 after a write that went through.
 */

import type { Socket } from 'node:net';
import type { OctetSink } from './chunked.ts';

const INITIAL_BYTES = 96 * 1024;

export class Scratch implements OctetSink {
  #buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }

  /** Appends a string of octets. */
  text(text: string): void {
    this.#reserve(text.length);
    this.#length += this.#buffer.write(text, this.#length, 'latin1');
  }

  /** Appends `bytes[from, to)`. */
  take(bytes: Uint8Array, from: number, to: number): void {
    this.#reserve(to - from);
    this.#buffer.set(bytes.subarray(from, to), this.#length);
    this.#length += to - from;
  }

  /** Forgets what was put together. */
  clear(): void {
    this.#length = 0;
  }

  /**
   * Writes what was put together and starts afresh.
   * @returns false if the caller should wait for `drain` before more
   */
  sendTo(socket: Socket): boolean {
    const length = this.#length;
    this.#length = 0;
    if (length === 0) return !socket.writableNeedDrain;
    const part = this.#buffer.subarray(0, length);
    if (socket.writableLength > 0) return socket.write(Buffer.from(part));
    const flowing = socket.write(part);
    if (socket.writableLength > 0) this.#buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
    return flowing;
  }
}
