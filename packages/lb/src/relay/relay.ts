/**
 * Two connections joined: bytes pass both ways with backpressure, a half-close is carried over, and what is
 * cut off on one side is cut off on the other, so that nothing that is incomplete looks whole.
 *
 * It is open until both sides have ended, one fails, or nothing moves for `idleMs`; once one side has ended,
 * for `halfClosedMs`. To move is to send, and to take what was held up: a slow reader is not idle.
 */

import { Timer, type TimerWheel } from '../wheel.ts';
import { BULK_BUFFERS, type BulkBuffers } from './bulk-buffers.ts';
import { Direction } from './direction.ts';
import type { Wire } from './wire.ts';

/** One of the two ends, and what each is for the other. */
export type Side = 'client' | 'backend';

/** How a relay ended. */
export interface RelayEnd {
  /** Which side ended first, or broke; `balancer`: a limit of ours. */
  readonly by: Side | 'balancer';
  /** `complete`: both sides have said that they end. */
  readonly kind: 'complete' | 'reset' | 'idle' | 'half-closed' | 'cut-off';
}

/** How long nothing may move. */
export interface RelayLimits {
  readonly idleMs: number;
  readonly halfClosedMs: number;
}

/** What a relay is made of. */
export interface RelayOptions extends RelayLimits {
  readonly client: Wire;
  readonly backend: Wire;
  readonly clock: TimerWheel;
  readonly buffers?: BulkBuffers;
  /** Called once; both wires are closed, or will be when what was written to them has left. */
  readonly over: (end: RelayEnd) => void;
}

export class Relay {
  readonly #options: RelayOptions;
  readonly #fromClient: Direction;
  readonly #fromBackend: Direction;
  readonly #timer = new Timer(() => this.#look());
  #firstToEnd: Side | undefined;
  #isOver = false;
  /** Bytes that had passed through at the last look. */
  #movedBefore = 0;
  /** There was nothing new at the last look. */
  #wasStill = false;

  constructor(options: RelayOptions) {
    const { client, backend, buffers = BULK_BUFFERS } = options;
    this.#options = options;
    this.#fromClient = new Direction(client, backend, buffers);
    this.#fromBackend = new Direction(backend, client, buffers);
    this.#arm();
  }

  /** Bytes taken from the client. */
  get receivedBytes(): number {
    return this.#fromClient.bytes;
  }

  /** Bytes sent to the client. */
  get sentBytes(): number {
    return this.#fromBackend.bytes;
  }

  /** `bytes[from, to)` came from this side; valid only during the call. None: there is nothing more for now. */
  received(side: Side, bytes: Buffer, from: number, to: number): void {
    if (!this.#isOver) this.#from(side).pass(bytes, from, to);
  }

  /** This side sends no more. */
  ended(side: Side): void {
    const direction = this.#from(side);
    if (this.#isOver || direction.isDone) return;
    this.#firstToEnd ??= side;
    const isLast = this.#from(other(side)).isDone;
    direction.end(!isLast);
    if (isLast) this.#end({ by: this.#firstToEnd, kind: 'complete' });
    else this.#arm();
  }

  /** What was written to this side has left, or the side is gone. */
  drained(side: Side): void {
    this.#from(other(side)).drained();
  }

  /** This side is broken. */
  failed(side: Side): void {
    this.#end({ by: side, kind: 'reset' });
  }

  /** Ends it for a reason of our own. */
  cutOff(): void {
    this.#end({ by: 'balancer', kind: 'cut-off' });
  }

  #from(side: Side): Direction {
    return side === 'client' ? this.#fromClient : this.#fromBackend;
  }

  get #isHalfClosed(): boolean {
    return this.#firstToEnd !== undefined;
  }

  /** The time without a move begins anew. */
  #arm(): void {
    this.#wasStill = false;
    this.#lookLater();
  }

  /**
   * Looks twice within the time: two looks without news are that long apart from the last move. So bytes
   * that pass cost no timer, and the end comes at most half of the time late.
   */
  #lookLater(): void {
    const { clock, idleMs, halfClosedMs } = this.#options;
    const limitMs = this.#isHalfClosed ? Math.min(halfClosedMs, idleMs) : idleMs;
    clock.arm(this.#timer, limitMs / 2);
  }

  #look(): void {
    const { client, backend } = this.#options;
    const moved = this.receivedBytes + this.sentBytes - client.pendingBytes - backend.pendingBytes;
    const isStill = moved === this.#movedBefore;
    this.#movedBefore = moved;
    if (!isStill) {
      this.#arm();
    } else if (this.#wasStill) {
      this.#end({ by: 'balancer', kind: this.#isHalfClosed ? 'half-closed' : 'idle' });
    } else {
      this.#wasStill = true;
      this.#lookLater();
    }
  }

  /** What a side sent before its own end still reaches the other, if that takes it. */
  #end(end: RelayEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { client, backend, clock, over } = this.#options;
    clock.disarm(this.#timer);
    if (this.#fromClient.isDone) backend.finish();
    else backend.reset();
    if (this.#fromBackend.isDone) client.finish();
    else client.reset();
    this.#fromClient.close();
    this.#fromBackend.close();
    over(end);
  }
}

function other(side: Side): Side {
  return side === 'client' ? 'backend' : 'client';
}
