/**
 * What a client sends, offered in order to its connection. What comes ahead of its turn is kept,
 * and as long as it is little the socket is read on: a client that leaves is not noticed otherwise.
 * So at most that little and one read's worth wait here.
 */

import type { Socket } from 'node:net';
import { adopt } from '../listener/adopt.ts';
import type { SignatureGuard } from '../listener/signature-guard.ts';
import type { TimerWheel } from '../wheel.ts';
import { GatheredBytes } from './gathered-bytes.ts';

/** With so much ahead of its turn the client has to wait. */
const AHEAD_BYTES = 16 * 1024;

/**
 * Takes bytes from `bytes[at, to)`, valid only during the call: the index after what was taken, `at` itself
 * if nothing can be now.
 */
export type Take = (bytes: Buffer, at: number, to: number) => number;

/** What deals with the input. */
export interface InputOwner {
  readonly take: Take;
  /** Has to see the first bytes; absent: they are free. */
  readonly guard?: SignatureGuard | undefined;
  /** The guard does not admit them. */
  readonly refused: () => void;
}

export class ClientInput {
  readonly socket: Socket;
  readonly #take: Take;
  readonly #clock: TimerWheel;
  #ahead: GatheredBytes | undefined;
  #isReading = true;
  /** `#offer` is on the stack: whatever changes what can be taken, it will go on by itself. */
  #isOffering = false;
  /** More input is needed before the bytes kept can be taken (an incomplete head). */
  #needsMore = false;

  /** @param accepted a connection accepted paused; `socket` takes its place */
  constructor(accepted: Socket, clock: TimerWheel, { take, guard, refused }: InputOwner) {
    this.#take = take;
    this.#clock = clock;
    this.socket = adopt(accepted, (bytes, length) => {
      if (guard?.admits(bytes, 0, length) === false) refused();
      else this.#receive(bytes, length);
    });
  }

  /** Begins with what came already. */
  start(rest: Buffer | undefined): void {
    if (rest !== undefined && rest.length > 0) this.#receive(rest, rest.length);
  }

  /** `bytes[0, length)` came next; valid only during the call. */
  #receive(bytes: Buffer, length: number): void {
    this.#clock.hold();
    try {
      this.#received(bytes, length);
    } finally {
      this.#clock.release();
    }
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
    if (ahead !== undefined) this.#offer(ahead.memory, ahead.length, ahead);
    if (this.#ahead === undefined) this.read(true);
  }

  /** Reads the socket, or lets the client wait. */
  read(wanted: boolean): void {
    if (this.#isReading === wanted) return;
    this.#isReading = wanted;
    if (wanted) this.socket.resume();
    else this.socket.pause();
  }

  /** Forgets what came ahead. */
  drop(): void {
    this.#ahead = undefined;
  }

  #received(bytes: Buffer, length: number): void {
    const ahead = this.#ahead;
    if (ahead === undefined) {
      this.#offer(bytes, length, undefined);
      return;
    }
    ahead.add(bytes, 0, length);
    if (this.#needsMore && !ahead.isWorthALook) return;
    this.#ahead = undefined;
    this.#offer(ahead.memory, ahead.length, ahead);
  }

  /** Offers `bytes[0, length)`. `gathered`: what holds them, if anything does. */
  #offer(bytes: Buffer, length: number, gathered: GatheredBytes | undefined): void {
    this.#isOffering = true;
    for (let at = 0; at < length; ) {
      this.#needsMore = false;
      const next = this.#take(bytes, at, length);
      if (next === at) {
        gathered?.looked();
        const isAll = gathered !== undefined && at === 0;
        this.#ahead = isAll ? gathered : new GatheredBytes(bytes, at, length);
        this.read(this.#needsMore || length - at < AHEAD_BYTES);
        break;
      }
      at = next;
    }
    this.#isOffering = false;
  }
}
