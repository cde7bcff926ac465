/**
 * One client's connection in mode tcp, from its acceptance to its end; for the balancer it is one request,
 * which lasts as long as it does.
 *
 * | state    | meaning                                        | what limits it                   |
 * |----------|------------------------------------------------|----------------------------------|
 * | waiting  | queued, dialling, or before another dial       | the queue's timeout, connectMs   |
 * | relaying | joined to a backend                            | tcpIdleMs, halfClosedMs          |
 * | over     | its end is settled, the last bytes leave       | halfClosedMs without progress    |
 *
 * Only the dial is tried again: once a backend has accepted, what it and the client have said cannot be taken
 * back. What the client sends meanwhile is read, within a bound, so that one that has left is noticed.
 */

import {
  type Attempt,
  DispatchState,
  type Exchange,
  type FailureCause,
  hash32,
  type Outcome,
  type Result,
} from '@evenkeel/core';
import type { ServiceGroup } from '../front.ts';
import type { Accepted, Ends } from '../listener/accepted.ts';
import type { Client } from '../listener/client.ts';
import { IdlePlace } from '../listener/idle-list.ts';
import type { Listener } from '../listener/listener.ts';
import { networkOf, unmapped } from '../listener/peer-address.ts';
import type { SignatureGuard } from '../listener/signature-guard.ts';
import { Relay, type RelayEnd, type Side } from '../relay/relay.ts';
import type { JoinedWire, WireUser } from '../relay/wire.ts';
import type { TcpReason } from '../tcp-reasons.ts';
import { proxyHeader } from '../upstream/proxy-header.ts';
import type { TimerWheel } from '../wheel.ts';
import { acceptedWire } from './accepted-wire.ts';
import { Dial, type DialFailure, type DialOwner } from './dial.ts';
import type { TcpFrontConfig, TcpFrontState } from './front-state.ts';
import { Lingering } from './lingering.ts';
import { TcpRecord } from './record.ts';

/** With so much sent before there is a backend the client has to wait. */
const AHEAD_BYTES = 16 * 1024;

/** Tells its connection what happens on one of the two sides. */
class Leg implements WireUser {
  readonly #connection: TcpConnection;
  readonly #side: Side;

  constructor(connection: TcpConnection, side: Side) {
    this.#connection = connection;
    this.#side = side;
  }

  received(bytes: Buffer, length: number): void {
    this.#connection.received(this.#side, bytes, length);
  }

  ended(): void {
    this.#connection.ended(this.#side);
  }

  drained(): void {
    this.#connection.drained(this.#side);
  }

  failed(): void {
    this.#connection.failed(this.#side);
  }

  closed(): void {
    this.#connection.closed(this.#side);
  }
}

export class TcpConnection implements Client, Exchange, DialOwner {
  readonly dispatchState: DispatchState = new DispatchState();
  /** Of what may be tried again, which is the dial. */
  readonly idempotent = true;
  readonly remoteAddress: string;
  readonly idlePlace: IdlePlace<Client> = new IdlePlace<Client>(this);
  readonly #front: TcpFrontState;
  readonly #listener: Listener;
  /** As it was when the connection began. */
  readonly #config: TcpFrontConfig;
  readonly #ends: Ends;
  readonly #guard: SignatureGuard | undefined;
  readonly #record: TcpRecord;
  readonly #client: JoinedWire;
  #dial: Dial | undefined;
  #backend: JoinedWire | undefined;
  #attempt: Attempt | undefined;
  #relay: Relay | undefined;
  #lingering: Lingering | undefined;
  /** What the client has sent before there was a backend. */
  #ahead: Buffer[] = [];
  #aheadBytes = 0;
  #isClientDone = false;
  #isOver = false;

  constructor({ socket, ends, guard }: Accepted, front: TcpFrontState, listener: Listener) {
    this.#front = front;
    this.#listener = listener;
    this.#config = front.config;
    this.#ends = ends;
    this.#guard = guard;
    this.remoteAddress = unmapped(ends.remoteAddress);
    this.#record = new TcpRecord(this.#service.name, this.remoteAddress, front.clock.now());
    this.#client = acceptedWire(socket, new Leg(this, 'client'));
  }

  get clock(): TimerWheel {
    return this.#front.clock;
  }

  get hash(): number {
    return hash32(networkOf(this.remoteAddress));
  }

  start(rest: Buffer | undefined): void {
    this.#listener.clients.busy(this);
    this.#client.resume();
    if (rest !== undefined && rest.length > 0) this.received('client', rest, rest.length);
    this.#service.balancer.dispatch(this);
  }

  /** It is let run on. */
  drain(): void {}

  cutOff(): void {
    this.#refuse('drain-timeout');
  }

  destroy(): void {
    this.cutOff();
  }

  send(attempt: Attempt): void {
    const { endpoint } = attempt;
    this.#attempt = attempt;
    this.#record.tries(attempt);
    this.#front.upstream++;
    this.#front.observer.upstreamCreated?.(endpoint.id);
    const address = this.#service.pool.member(endpoint.id)?.address ?? '';
    this.#dial = new Dial(address, this.#config.timeouts.connectMs, this);
  }

  abort(): void {
    this.#attempt = undefined;
    this.#dial?.giveUp();
  }

  finished(result: Result): void {
    const relay = this.#relay;
    this.#isOver = true;
    this.#attempt = undefined;
    this.#ahead = [];
    if (relay === undefined) {
      this.#record.gaveUp(result);
      this.#client.reset();
    }
    this.#record.close(result, relay, this.clock.now());
    this.#front.observer.connectionEnded?.(this.#record);
    const wires = this.#backend === undefined ? [this.#client] : [this.#client, this.#backend];
    if (wires.some(({ pendingBytes }) => pendingBytes > 0)) {
      this.#lingering = new Lingering(wires, this.clock, this.#config.timeouts.halfClosedMs);
    }
  }

  connected(wire: JoinedWire): void {
    const attempt = this.#attempt;
    wire.user = new Leg(this, 'backend');
    this.#backend = wire;
    attempt?.firstByte();
    attempt?.commit();
    const { backend } = this.#record;
    const connectMs = this.#latencyMs();
    this.#record.connectMs = connectMs;
    this.#front.observer.connectionJoined?.(backend, connectMs);
    const { sendProxyProtocol } = this.#service;
    if (sendProxyProtocol !== undefined) {
      const header = proxyHeader(sendProxyProtocol, this.#ends);
      wire.write(header, 0, header.length, true);
    }
    this.#join(wire);
  }

  dialFailed(why: DialFailure): void {
    if (why !== 'exhausted') {
      this.#attempt?.settle(this.#failure(why, false));
      return;
    }
    this.#front.exhausted();
    this.#refuse('resources-exhausted');
  }

  dialClosed(): void {
    this.#front.upstream--;
  }

  received(side: Side, bytes: Buffer, length: number): void {
    if (this.#isOver) return;
    if (side === 'client' && this.#guard?.admits(bytes, 0, length) === false) {
      this.#refuse('proxy-header');
    } else if (this.#relay !== undefined) {
      this.#relay.received(side, bytes, 0, length);
    } else {
      this.#ahead.push(Buffer.from(bytes.subarray(0, length)));
      this.#aheadBytes += length;
      if (this.#aheadBytes >= AHEAD_BYTES) this.#client.pause();
    }
  }

  ended(side: Side): void {
    if (side === 'client') this.#isClientDone = true;
    this.#relay?.ended(side);
  }

  drained(side: Side): void {
    this.#relay?.drained(side);
  }

  failed(side: Side): void {
    if (this.#isOver) return;
    if (this.#relay !== undefined) {
      this.#relay.failed(side);
    } else {
      this.#record.failed('client-left');
      this.#service.balancer.cancel(this);
    }
  }

  closed(side: Side): void {
    // One that closes before its end was told is broken.
    this.failed(side);
    this.#relay?.drained(side);
    if (side === 'backend') this.#front.upstream--;
    else this.#listener.forget(this);
    if (this.#client.isClosed && this.#backend?.isClosed !== false) this.#lingering?.stop();
  }

  get #service(): ServiceGroup {
    return this.#config.service;
  }

  /** Joins both sides; what the client sent ahead goes first. */
  #join(backend: JoinedWire): void {
    const { tcpIdleMs: idleMs, halfClosedMs } = this.#config.timeouts;
    const { clock } = this;
    const over = (end: RelayEnd): void => this.#relayOver(end);
    const relay = new Relay({ client: this.#client, backend, clock, idleMs, halfClosedMs, over });
    this.#relay = relay;
    if (this.#aheadBytes >= AHEAD_BYTES) this.#client.resume();
    for (const bytes of this.#ahead) relay.received('client', bytes, 0, bytes.length);
    this.#ahead = [];
    backend.resume();
    if (this.#isClientDone) relay.ended('client');
  }

  #relayOver(end: RelayEnd): void {
    this.#record.relayed(end);
    this.#attempt?.settle(this.#outcomeOf(end));
  }

  /**
   * A connection that a backend breaks is its failure; but once either side has spoken, the client may be the
   * cause, and it says nothing of the backend.
   */
  #outcomeOf({ by, kind }: RelayEnd): Outcome {
    if (kind !== 'reset' || by !== 'backend') return { kind: 'ok', latencyMs: this.#latencyMs() };
    const { receivedBytes = 0, sentBytes = 0 } = this.#relay ?? {};
    return this.#failure('reset', receivedBytes + sentBytes > 0);
  }

  #failure(cause: FailureCause, isNeutral: boolean): Outcome {
    const requestSent = this.#relay !== undefined;
    const latencyMs = this.#latencyMs();
    return { kind: 'failed', cause, requestSent, replayable: !requestSent, isNeutral, latencyMs };
  }

  #latencyMs(): number {
    return this.clock.now() - (this.#attempt?.startedMs ?? 0);
  }

  /** Ends it, whatever it is doing, for a reason of our own. */
  #refuse(reason: Exclude<TcpReason, ''>): void {
    if (this.#isOver) {
      this.#client.reset();
      this.#backend?.reset();
      return;
    }
    this.#record.failed(reason);
    if (this.#relay === undefined) this.#service.balancer.cancel(this);
    else this.#relay.cutOff();
  }
}
