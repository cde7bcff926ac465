/**
 * A connection from a trusted peer before its PROXY header has come: nothing is known of its client, and
 * no front sees it. It has as long as a request's head may take.
 */

import type { Socket } from 'node:net';
import { Timer, type TimerWheel } from '../wheel.ts';
import { type Ends, endsOf } from './accepted.ts';
import type { Client } from './client.ts';
import { IdlePlace } from './idle-list.ts';
import { UNIX_PEER } from './peer-address.ts';
import { type HeaderFault, readProxyHeader } from './proxy-header.ts';

/** Hears how it went on; exactly one of these, once. */
export interface PendingOwner {
  /** The header is here. @param rest what came after it, valid only during the call */
  headerRead(pending: PendingConnection, ends: Ends, rest: Buffer): void;
  /** It is closed. @param fault absent: the peer has left before it owed anything */
  headerFailed(pending: PendingConnection, fault: HeaderFault | undefined): void;
}

export class PendingConnection implements Client {
  readonly socket: Socket;
  readonly remoteAddress: string;
  readonly idlePlace: IdlePlace<Client> = new IdlePlace<Client>(this);
  readonly #owner: PendingOwner;
  readonly #clock: TimerWheel;
  readonly #timer = new Timer(() => this.#fail('late'));
  #received: Buffer = Buffer.alloc(0);
  #isOver = false;

  /** @param socket accepted paused */
  constructor(socket: Socket, clock: TimerWheel, limitMs: number, owner: PendingOwner) {
    this.socket = socket;
    this.remoteAddress = socket.remoteAddress ?? UNIX_PEER;
    this.#owner = owner;
    this.#clock = clock;
    clock.arm(this.#timer, limitMs);
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('error', () => {});
    socket.on('end', () => this.#left());
    socket.on('close', () => this.#left());
  }

  start(): void {
    this.socket.resume();
  }

  /** Closes it. */
  destroy(): void {
    this.#fail(undefined);
  }

  /** Nothing has begun on it yet: closes it. */
  drain(): void {
    this.destroy();
  }

  cutOff(): void {
    this.destroy();
  }

  #take(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#received = Buffer.concat([this.#received, bytes]);
    const reading = readProxyHeader(this.#received);
    if (reading.kind === 'wrong') this.#fail(reading.fault);
    if (reading.kind !== 'header') return;
    this.#end();
    const { ends = endsOf(this.socket), length } = reading;
    this.#owner.headerRead(this, ends, this.#received.subarray(length));
  }

  /** A peer that says nothing at all was a check of this listener; a part of a header is none. */
  #left(): void {
    this.#fail(this.#received.length === 0 ? undefined : 'malformed');
  }

  #fail(fault: HeaderFault | undefined): void {
    if (this.#isOver) return;
    this.#end();
    this.socket.destroy();
    this.#owner.headerFailed(this, fault);
  }

  #end(): void {
    this.#isOver = true;
    this.#clock.disarm(this.#timer);
    this.socket.removeAllListeners().on('error', () => {});
  }
}
