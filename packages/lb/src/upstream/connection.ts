/**
 * One connection to a backend, and its user of the moment.
 *
 * | state      | what happens                                   | timeout                          |
 * |------------|------------------------------------------------|----------------------------------|
 * | connecting | `user` waits for `upstreamReady`               | connectMs                        |
 * | in use     | everything is told to `user`                   | armed by the user, for its phase |
 * | parked     | as idle, and not to be used yet                | the time given to `park`         |
 * | idle       | no user; FIN, an error or any byte ends it    | upstreamKeepAliveMs, or the hint |
 * | closed     | nothing is told any more            | none                             |
 *
 * Input arrives in the buffer that all connections share: bytes that are kept are copied.
 */

import type { NetConnectOpts, Socket } from 'node:net';
import type { Address } from '@evenkeel/config';
import { DirectSocket } from '../direct-socket.ts';
import { INPUT_BUFFER } from '../input-buffer.ts';
import { takeHandle } from '../socket-handle.ts';
import { Timer, type TimerWheel } from '../wheel.ts';

/** Why a connection is of no use; `exhausted` is our own lack of descriptors or ports. */
export type UpstreamFailure = 'refused' | 'connect-timeout' | 'timeout' | 'reset' | 'exhausted';

/** The user of a connection. All calls come from the event loop, none from within `acquire`. */
export interface UpstreamUser {
  /** The dial succeeded. */
  upstreamReady(): void;
  /** Bytes arrived; `bytes` is valid only during the call. */
  upstreamData(bytes: Buffer, from: number, to: number): void;
  /** The backend sends no more (FIN). */
  upstreamEnded(): void;
  /** What was written has been taken by the kernel. */
  upstreamDrained(): void;
  /** The connection is closed already. */
  upstreamFailed(why: UpstreamFailure): void;
}

/** Where a connection belongs. */
export interface UpstreamHome {
  readonly clock: TimerWheel;
  /** The connection is closed; called once. */
  forget(connection: UpstreamConnection): void;
  /** Bytes came after the end of a bodiless response. */
  distrust(): void;
}

/** Errors of `connect` that say nothing about the backend. */
const OWN_EXHAUSTION: ReadonlySet<string> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EADDRNOTAVAIL',
]);

/** What the error of a dial says. */
export function dialFailure({ code = '' }: NodeJS.ErrnoException): 'exhausted' | 'refused' {
  return OWN_EXHAUSTION.has(code) ? 'exhausted' : 'refused';
}

/** An address as Node's `connect` takes it. */
export function dialOptions({ host, port, unix }: Address): NetConnectOpts {
  return unix === undefined ? { host, port, noDelay: true } : { path: unix };
}

export class UpstreamConnection {
  readonly createdMs: number;
  user: UpstreamUser | undefined;
  /** Requests it has been given. */
  requests = 0;
  isConnected = false;
  isClosed = false;
  /** It began with a greeting, and serves no other client. */
  readonly isPrivate: boolean;
  readonly #home: UpstreamHome;
  readonly #timer: Timer;
  #socket: Socket;
  /** What follows the time of being parked. */
  #afterParking: (() => void) | undefined;

  /** @param greeting goes out first, whatever the connection is used for; absent: nothing does */
  constructor(home: UpstreamHome, address: Address, connectMs: number, greeting?: Buffer) {
    this.#home = home;
    this.createdMs = home.clock.now();
    this.isPrivate = greeting !== undefined;
    this.#timer = new Timer(() => this.#timedOut());
    const options = { ...dialOptions(address), ...this.#reading() };
    this.#socket = new DirectSocket(options).connect(options);
    if (greeting !== undefined) this.#socket.write(greeting);
    this.#listen(this.#socket);
    this.#socket.on('connect', () => this.#connected());
    this.arm(connectMs);
  }

  get socket(): Socket {
    return this.#socket;
  }

  /**
   * After a write that failed at once: the backend has closed its side, and what it said before lies unread in
   * the system. Node throws that away with the socket, so a socket of our own takes over and reads it.
   */
  readOn(): void {
    const failed = this.#socket;
    const handle = takeHandle(failed);
    if (handle === undefined) return;
    failed.removeAllListeners().on('error', () => {});
    this.#socket = new DirectSocket({ handle: handle as never, ...this.#reading() });
    this.#listen(this.#socket);
  }

  /** No user has it, nor may one until `delayMs` are over; then calls `after`. */
  park(delayMs: number, after: () => void): void {
    this.user = undefined;
    this.#afterParking = after;
    this.arm(delayMs);
  }

  /** Limits the phase that begins now; replaces the limit before. */
  arm(delayMs: number): void {
    this.#home.clock.arm(this.#timer, delayMs);
  }

  disarm(): void {
    this.#home.clock.disarm(this.#timer);
  }

  /** Ends the connection when what was written has left, at the latest at the limit last armed. */
  finish(): void {
    this.user = undefined;
    this.#socket.destroySoon();
  }

  /** Ends the connection at once; only its home is told. */
  destroy(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.user = undefined;
    this.disarm();
    this.#socket.destroy();
    this.#home.forget(this);
  }

  /** Into the buffer that all share. A tunnel carries half-closes over; for HTTP a FIN is dealt with at once. */
  #reading(): {
    allowHalfOpen: true;
    onread: { buffer: Buffer; callback(length: number): boolean };
  } {
    const callback = (length: number): boolean => {
      this.#received(length);
      return true;
    };
    return { allowHalfOpen: true, onread: { buffer: INPUT_BUFFER, callback } };
  }

  #listen(socket: Socket): void {
    socket.on('end', () => this.#ended());
    socket.on('drain', () => this.user?.upstreamDrained());
    socket.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    socket.on('close', () => this.#fail('reset'));
  }

  #connected(): void {
    this.isConnected = true;
    this.disarm();
    this.user?.upstreamReady();
  }

  #received(length: number): void {
    const { clock } = this.#home;
    clock.hold();
    try {
      if (this.user !== undefined) this.user.upstreamData(INPUT_BUFFER, 0, length);
      else this.#spokeUnasked();
    } finally {
      clock.release();
    }
  }

  /** What speaks without being asked is not answering the next request either. */
  #spokeUnasked(): void {
    if (this.#afterParking !== undefined) this.#home.distrust();
    this.destroy();
  }

  #ended(): void {
    if (this.user !== undefined) this.user.upstreamEnded();
    else this.destroy();
  }

  #timedOut(): void {
    const after = this.#afterParking;
    this.#afterParking = undefined;
    if (after !== undefined) after();
    else if (!this.isConnected) this.#fail('connect-timeout');
    else this.#fail('timeout');
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (this.isConnected) this.#fail('reset');
    else this.#fail(dialFailure(error));
  }

  #fail(why: UpstreamFailure): void {
    const { user } = this;
    this.destroy();
    user?.upstreamFailed(why);
  }
}
