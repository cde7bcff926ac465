/**
 * What a client sends, offered in order to whoever can take it. What comes ahead of its turn is kept,
 * and then the socket is not read: so at most one read's worth waits here.
 */

import type { Socket } from 'node:net';

/** Takes octets from `bytes[at …)`: the index after what was taken, `at` itself if nothing can be now. */
export type Take = (bytes: Buffer, at: number) => number;

export class Intake {
  readonly #socket: Socket;
  readonly #take: Take;
  #ahead: Buffer | undefined;
  #isReading = true;
  /** `#offer` is on the stack: whatever changes what can be taken, it will go on by itself. */
  #isOffering = false;
  /** More input is needed before the octets kept can be taken (an incomplete head). */
  #needsMore = false;

  constructor(socket: Socket, take: Take) {
    this.#socket = socket;
    this.#take = take;
    socket.on('data', (bytes: Buffer) => {
      const ahead = this.#ahead;
      this.#ahead = undefined;
      this.#offer(ahead === undefined ? bytes : Buffer.concat([ahead, bytes]));
    });
  }

  /** Called by a taker that takes nothing because what there is does not suffice. */
  needMore(): void {
    this.#needsMore = true;
  }

  /** Something can be taken again: offers what came ahead, and reads on. */
  goOn(): void {
    if (this.#isOffering) {
      // The offer goes on by itself, but a pause that was asked for meanwhile is over.
      this.read(true);
      return;
    }
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead !== undefined) this.#offer(ahead);
    if (this.#ahead === undefined) this.read(true);
  }

  /** Reads the socket, or lets the client wait. */
  read(wanted: boolean): void {
    if (this.#isReading === wanted) return;
    this.#isReading = wanted;
    if (wanted) this.#socket.resume();
    else this.#socket.pause();
  }

  /** Forgets what came ahead. */
  drop(): void {
    this.#ahead = undefined;
  }

  #offer(bytes: Buffer): void {
    this.#isOffering = true;
    for (let at = 0; at < bytes.length; ) {
      this.#needsMore = false;
      const next = this.#take(bytes, at);
      if (next === at) {
        this.#ahead = at === 0 ? bytes : bytes.subarray(at);
        this.read(this.#needsMore);
        break;
      }
      at = next;
    }
    this.#isOffering = false;
  }
}
