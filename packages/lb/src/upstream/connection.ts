/**
 * One connection to a backend, and whoever uses it at the moment.
 *
 * | state      | what happens                                   | timeout                          |
 * |------------|------------------------------------------------|----------------------------------|
 * | connecting | `user` waits for `upstreamReady`               | connectMs                        |
 * | in use     | everything is told to `user`                   | armed by the user, for its phase |
 * | idle       | no user; FIN, an error or any byte ends it    | upstreamKeepAliveMs, or the hint |
 * | closed     | nothing is told to anybody any more            | none                             |
 *
 * Input arrives in the buffer that all connections share: whoever wants to keep bytes copies them.
 */

import { connect, type Socket } from 'node:net';
import { INPUT_BUFFER } from '../input-buffer.ts';
import { Timer, type TimerWheel } from '../wheel.ts';

/** Why a connection is of no use; `exhausted` is our own lack of descriptors or ports. */
export type UpstreamFailure = 'refused' | 'connect-timeout' | 'timeout' | 'reset' | 'exhausted';

/** Who uses a connection. All calls come from the event loop, none from within `acquire`. */
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
}

/** Errors of `connect` that say nothing about the backend. */
const OWN_EXHAUSTION: ReadonlySet<string> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EADDRNOTAVAIL',
]);

export class UpstreamConnection {
  readonly socket: Socket;
  readonly createdMs: number;
  user: UpstreamUser | undefined;
  /** Requests it has been given. */
  requests = 0;
  isConnected = false;
  isClosed = false;
  readonly #home: UpstreamHome;
  readonly #timer: Timer;

  constructor(home: UpstreamHome, host: string, port: number, connectMs: number) {
    this.#home = home;
    this.createdMs = home.clock.now();
    this.#timer = new Timer(() => this.#timedOut());
    this.socket = connect({
      host,
      port,
      noDelay: true,
      // A tunnel carries half-closes over; for HTTP a FIN is dealt with at once anyway.
      allowHalfOpen: true,
      onread: {
        buffer: INPUT_BUFFER,
        callback: (length: number): boolean => {
          this.#received(length);
          return true;
        },
      },
    });
    this.socket.on('connect', () => this.#connected());
    this.socket.on('end', () => this.#ended());
    this.socket.on('drain', () => this.user?.upstreamDrained());
    this.socket.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    this.socket.on('close', () => this.#fail('reset'));
    this.arm(connectMs);
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
    this.socket.destroySoon();
  }

  /** Ends the connection at once; nobody is told but its home. */
  destroy(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.user = undefined;
    this.disarm();
    this.socket.destroy();
    this.#home.forget(this);
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
      // What speaks without being asked is not answering the next request either.
      else this.destroy();
    } finally {
      clock.release();
    }
  }

  #ended(): void {
    if (this.user !== undefined) this.user.upstreamEnded();
    else this.destroy();
  }

  #timedOut(): void {
    if (!this.isConnected) this.#fail('connect-timeout');
    else this.#fail('timeout');
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (this.isConnected) this.#fail('reset');
    else this.#fail(OWN_EXHAUSTION.has(error.code ?? '') ? 'exhausted' : 'refused');
  }

  #fail(why: UpstreamFailure): void {
    const { user } = this;
    this.destroy();
    user?.upstreamFailed(why);
  }
}
