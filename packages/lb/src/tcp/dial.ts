/** One try at connecting to a backend. */

import { connect, isIP } from 'node:net';
import { addressFrom } from '@evenkeel/config';
import { readingInto } from '../listener/adopt.ts';
import { KEEP_ALIVE_MS } from '../listener/listener.ts';
import { BARE, type BareHandles } from '../relay/bare-handles.ts';
import { HandleWire } from '../relay/handle-wire.ts';
import { SocketWire } from '../relay/socket-wire.ts';
import type { JoinedWire, WireUser } from '../relay/wire.ts';
import { systemError } from '../stream-wrap.ts';
import { dialFailure, dialOptions } from '../upstream/connection.ts';
import { Timer, type TimerWheel } from '../wheel.ts';

/** Why a dial failed; `exhausted` is our own lack of descriptors or ports. */
export type DialFailure = 'refused' | 'connect-timeout' | 'exhausted';

/** Hears how it went: exactly one of the first two, once, unless it was given up. */
export interface DialOwner {
  readonly clock: TimerWheel;
  /** From now on the wire is the owner's; it is read from its first `resume` on. */
  connected(wire: JoinedWire): void;
  dialFailed(why: DialFailure): void;
  /** The connection is closed while it was still the dial's. */
  dialClosed(): void;
}

export class Dial implements WireUser {
  readonly #owner: DialOwner;
  readonly #wire: JoinedWire;
  readonly #timer = new Timer(() => this.#fail('connect-timeout'));
  #isOver = false;

  /** @param address as the pool keeps it */
  constructor(address: string, connectMs: number, owner: DialOwner) {
    this.#owner = owner;
    const { host, port, unix } = addressFrom(address);
    const bare = unix === undefined && isIP(host) !== 0 ? BARE : undefined;
    this.#wire = bare === undefined ? this.#viaSocket(address) : this.#viaHandle(bare, host, port);
    owner.clock.arm(this.#timer, connectMs);
  }

  /** It is of no use any more; its owner is told only that it is closed. */
  giveUp(): void {
    this.#end();
    this.#wire.reset();
  }

  failed(error: NodeJS.ErrnoException): void {
    this.#fail(dialFailure(error));
  }

  closed(): void {
    this.#fail('refused');
    this.#owner.dialClosed();
  }

  // What comes before the connection is told to be there is read when it is.
  received(): void {}
  ended(): void {}
  drained(): void {}

  #viaHandle(bare: BareHandles, host: string, port: number): JoinedWire {
    const done = (status: number): void => {
      if (status < 0) this.failed(systemError(status, 'connect'));
      else this.#connected();
    };
    const [handle, error] = bare.connect(host, port, KEEP_ALIVE_MS, done);
    if (error !== 0) process.nextTick(done, error);
    return new HandleWire(this, handle, bare);
  }

  /** Names have to be looked up, and Unix sockets have handles of another kind. */
  #viaSocket(address: string): JoinedWire {
    const wire = new SocketWire(this, (received) =>
      connect({
        ...dialOptions(addressFrom(address)),
        allowHalfOpen: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
        onread: readingInto(received),
      }),
    );
    wire.socket.once('connect', () => this.#connected());
    return wire;
  }

  #connected(): void {
    if (this.#isOver) return;
    this.#end();
    this.#owner.connected(this.#wire);
  }

  #fail(why: DialFailure): void {
    if (this.#isOver) return;
    this.giveUp();
    this.#owner.dialFailed(why);
  }

  #end(): void {
    this.#isOver = true;
    this.#owner.clock.disarm(this.#timer);
  }
}
