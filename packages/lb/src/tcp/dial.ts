/** One try at connecting to a backend. */

import { connect } from 'node:net';
import { addressFrom } from '@evenkeel/config';
import { KEEP_ALIVE_MS } from '../listener/listener.ts';
import { SocketWire } from '../relay/socket-wire.ts';
import type { WireUser } from '../relay/wire.ts';
import { dialFailure, dialOptions } from '../upstream/connection.ts';
import { Timer, type TimerWheel } from '../wheel.ts';

/** Why a dial failed; `exhausted` is our own lack of descriptors or ports. */
export type DialFailure = 'refused' | 'connect-timeout' | 'exhausted';

/** Hears how it went: exactly one of the first two, once, unless it was given up. */
export interface DialOwner {
  readonly clock: TimerWheel;
  /** From now on the wire is the owner's. */
  connected(wire: SocketWire): void;
  dialFailed(why: DialFailure): void;
  /** The connection is closed while it was still the dial's. */
  dialClosed(): void;
}

export class Dial implements WireUser {
  readonly #owner: DialOwner;
  readonly #wire: SocketWire;
  readonly #timer = new Timer(() => this.#fail('connect-timeout'));
  #isOver = false;

  /** @param address as the pool keeps it */
  constructor(address: string, connectMs: number, owner: DialOwner) {
    this.#owner = owner;
    this.#wire = new SocketWire(this, (onread) =>
      connect({
        ...dialOptions(addressFrom(address)),
        allowHalfOpen: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
        onread,
      }),
    );
    this.#wire.socket.once('connect', () => this.#connected());
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
