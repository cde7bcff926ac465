/**
 * A client's connection: finds the requests in what it sends, runs them one after another through
 * its exchange, and decides what becomes of the connection after each.
 *
 * | state   | meaning                                        | timeout                              |
 * |---------|------------------------------------------------|--------------------------------------|
 * | idle    | between requests                               | clientKeepAliveMs (at first: head's) |
 * | head    | a head has begun                               | clientHeadMs, then 408               |
 * | body    | a request runs, its body is still coming       | bodyIdleMs, then 408                 |
 * | waiting | a request runs, all of it is here              | the exchange's                       |
 * | tunnel  | bytes belong to the tunnel                     | the tunnel's                         |
 * | closing | the last response leaves, input is discarded   | bodyIdleMs, once it is out LINGER_MS |
 * | closed  | the socket is gone                             | none                                 |
 *
 * Where a response is held up, client-timer.ts asks for a pace. What comes ahead of its turn (pipelining) is kept, and
 * no more is read. A client that half-closes while its request runs has left: a killed one looks exactly like that.
 */

import type { Socket } from 'node:net';
import type { Accepted } from '../listener/accepted.ts';
import type { Client } from '../listener/client.ts';
import { IdlePlace } from '../listener/idle-list.ts';
import type { Listener } from '../listener/listener.ts';
import { resetConnection } from '../reset.ts';
import { CR, LF } from './byte-classes.ts';
import { ConnectionPeer } from './client-identity.ts';
import { ClientInput } from './client-input.ts';
import type { ExchangeOwner } from './client-side.ts';
import { ClientTimer } from './client-timer.ts';
import { HttpExchange } from './exchange.ts';
import type { FrontState } from './front-state.ts';
import { INCOMPLETE } from './head.ts';
import { openRequest } from './open-request.ts';
import {
  BODY_TOO_SLOW,
  CLIENT_LEFT,
  DRAIN_TIMEOUT,
  HEAD_TIMEOUT,
  RESPONSE_NOT_TAKEN,
  type Refusal,
} from './refusals.ts';
import type { Tunnel } from './tunnel.ts';

const IDLE = 0;
const HEAD = 1;
const BODY = 2;
const WAITING = 3;
const TUNNEL = 4;
const CLOSING = 5;
const CLOSED = 6;

/** How long a client may go on sending after our last byte: a reset could undo that (RFC 9112 section 9.6). */
const LINGER_MS = 2_000;

export class ClientConnection implements ExchangeOwner, Client {
  readonly socket: Socket;
  readonly #front: FrontState;
  readonly #peer: ConnectionPeer;
  readonly remoteAddress: string;
  readonly idlePlace: IdlePlace<Client> = new IdlePlace<Client>(this);
  readonly #listener: Listener;
  readonly #exchange: HttpExchange;
  readonly #input: ClientInput;
  readonly #timer: ClientTimer;
  #state = IDLE;
  #tunnel: Tunnel | undefined;
  #hasServed = false;

  /** @param listener is told when it is idle, when busy, and once when it is gone */
  constructor({ socket: accepted, ends, guard }: Accepted, front: FrontState, listener: Listener) {
    this.#input = new ClientInput(accepted, front.clock, {
      take: (bytes, at, to) => this.#take(bytes, at, to),
      guard,
      refused: () => this.destroy(CLIENT_LEFT),
    });
    const { socket } = this.#input;
    this.socket = socket;
    this.#front = front;
    this.remoteAddress = ends.remoteAddress;
    this.#listener = listener;
    this.#peer = new ConnectionPeer(ends);
    this.#exchange = new HttpExchange(front, this);
    const tooSlow = (): void => this.destroy(RESPONSE_NOT_TAKEN);
    this.#timer = new ClientTimer(front, socket, () => this.#timedOut(), tooSlow);
    socket.on('end', () => this.#ended());
    socket.on('drain', () => this.#drained());
    socket.on('error', () => {}); // 'close' follows.
    socket.on('close', () => this.#gone(CLIENT_LEFT));
    this.#timer.arm(front.snapshot.timeouts.clientHeadMs);
  }

  start(rest: Buffer | undefined): void {
    this.#input.start(rest);
  }

  cutOff(): void {
    this.destroy(DRAIN_TIMEOUT);
  }

  /**
   * Ends it at once, whatever it is doing; a response that this cuts off must not look whole.
   * @param why what the record says of a request that runs
   */
  destroy(why: Refusal = CLIENT_LEFT): void {
    const isRunning = this.#state === BODY || this.#state === WAITING;
    if (isRunning || this.socket.writableLength > 0) resetConnection(this.socket);
    else this.socket.destroy();
    this.#gone(why);
  }

  wantBody(wanted: boolean): void {
    if (this.#state !== BODY) return;
    this.#input.read(wanted);
    this.#timer.receiving.waits(wanted, this.#front.clock.now());
    if (wanted) this.#timer.arm(this.#exchange.request.timeouts.bodyIdleMs);
    else if (!this.socket.writableNeedDrain) this.#timer.disarm();
  }

  stalled(): void {
    this.#timer.heldUp(this.#exchange.request.timeouts);
  }

  exchangeAborted(): void {
    if (this.#state === CLOSED) return;
    // A reset: a mere end could look like the proper end of a body that has no other.
    this.#exchange.response.reset();
    this.#gone(CLIENT_LEFT);
  }

  exchangeEnded(): void {
    if (this.#state === CLOSED) return;
    if (this.#state === TUNNEL || !this.#exchange.response.keepsAlive) {
      this.#close();
    } else {
      this.#state = IDLE;
      this.#listener.clients.idle(this);
      this.#timer.arm(this.#exchange.request.timeouts.clientKeepAliveMs);
      this.#input.goOn();
    }
  }

  becomeTunnel(tunnel: Tunnel): void {
    this.#tunnel = tunnel;
    this.#state = TUNNEL;
    this.#timer.disarm();
    this.#input.goOn();
  }

  /** Closes it if no request runs or is on its way; otherwise after the one that does. */
  drain(): void {
    if (this.#state === IDLE && this.#hasServed) this.#close();
    else if (this.#state === IDLE) this.#timer.armForFirst();
  }

  /** Takes what is next in `bytes[at, to)`; the same index if nothing can be taken now. */
  #take(bytes: Buffer, at: number, to: number): number {
    switch (this.#state) {
      case IDLE:
        // Responses that the client does not take are not to pile up.
        if (this.socket.writableNeedDrain) return at;
        return this.#takeHead(bytes, at, to);
      case HEAD:
        return this.#takeHead(bytes, at, to);
      case BODY:
        return this.#takeBody(bytes, at, to);
      case TUNNEL:
        this.#tunnel?.clientData(bytes, at, to);
        return to;
      case CLOSING:
      case CLOSED:
        return to;
      default:
        return at;
    }
  }

  #takeHead(bytes: Buffer, at: number, to: number): number {
    if (bytes[at] === CR && this.#state === IDLE) {
      // An empty line between requests is nothing (RFC 9112 section 2.2): it begins no head.
      if (to - at === 1) this.#input.needMore();
      if (to - at === 1 || bytes[at + 1] === LF) return to - at === 1 ? at : at + 2;
    }
    const { snapshot } = this.#front;
    const head = snapshot.requestHead;
    const end = head.parse(bytes, at, to);
    if (end === INCOMPLETE) {
      if (this.#state === IDLE) this.#headBegins();
      this.#input.needMore();
      return at;
    }
    const exchange = this.#exchange;
    this.#timer.disarm();
    this.#busy(WAITING);
    this.#hasServed = true;
    const peer = this.#peer.under(snapshot.forwarding);
    const bodyEnd = openRequest(exchange, snapshot, peer, bytes, end, to);
    if (bodyEnd === undefined) return end < 0 ? to : end;
    if (!exchange.requestBody.isComplete) {
      this.#state = BODY;
      this.#timer.receiving.begin(exchange.request.limits, exchange.request.timeouts);
      this.wantBody(false);
    }
    exchange.dispatch();
    return bodyEnd;
  }

  #busy(state: number): void {
    this.#state = state;
    this.#listener.clients.busy(this);
  }

  #headBegins(): void {
    this.#busy(HEAD);
    // On a new connection the time runs from accepting it: a lone byte does not win more.
    if (this.#hasServed) this.#timer.arm(this.#front.snapshot.timeouts.clientHeadMs);
  }

  #takeBody(bytes: Buffer, at: number, to: number): number {
    this.#timer.arm(this.#exchange.request.timeouts.bodyIdleMs);
    const end = this.#exchange.receive(bytes, at, to);
    if (end < 0) return to;
    if (this.#state !== BODY) return end;
    if (this.#exchange.requestBody.isComplete) {
      this.#state = WAITING;
      if (!this.socket.writableNeedDrain) this.#timer.disarm();
    } else if (!this.#timer.receiving.received(end - at, this.#front.clock.now())) {
      this.#exchange.cancel(BODY_TOO_SLOW);
    }
    return end;
  }

  #drained(): void {
    if (this.#state === TUNNEL) {
      this.#tunnel?.clientDrained();
    } else if (this.#state === BODY || this.#state === WAITING) {
      if (this.#state === WAITING) this.#timer.disarm();
      this.#exchange.clientDrained();
    } else if (this.#state === IDLE) {
      this.#input.goOn();
    }
  }

  #timedOut(): void {
    switch (this.#state) {
      case HEAD:
        this.#state = WAITING;
        this.#refuseHead();
        return;
      case BODY:
      case WAITING:
        if (this.socket.writableNeedDrain) this.#timer.lookAtPace(this.#exchange.request);
        else this.#exchange.cancel(BODY_TOO_SLOW);
        return;
      default:
        if (this.socket.writableLength > 0) this.#timer.lookAtPace(this.#exchange.request);
        else this.destroy();
    }
  }

  #refuseHead(): void {
    const { snapshot } = this.#front;
    snapshot.requestHead.forget();
    const peer = this.#peer.under(snapshot.forwarding);
    this.#exchange.begin(snapshot.requestHead, peer, snapshot);
    this.#exchange.refuse(HEAD_TIMEOUT, true);
  }

  #ended(): void {
    if (this.#state === TUNNEL) this.#tunnel?.clientEnded();
    else if (this.#state === IDLE) this.#close();
    else if (this.#state !== CLOSING || this.socket.writableFinished) this.destroy();
  }

  /** Our last bytes have been written: closes our side, and lets the client finish, within bounds. */
  #close(): void {
    this.#busy(CLOSING);
    this.#timer.heldUp(this.#front.snapshot.timeouts);
    this.socket.end(() => this.#lastWordIsOut());
    this.#input.goOn();
  }

  /** The system has all of it; what the client still sends decides how it is received. */
  #lastWordIsOut(): void {
    if (this.#state !== CLOSING) return;
    if (this.socket.readableEnded) this.destroy();
    else this.#timer.arm(LINGER_MS);
  }

  #gone(why: Refusal): void {
    const state = this.#state;
    if (state === CLOSED) return;
    this.#state = CLOSED;
    this.#timer.disarm();
    this.#input.drop();
    if (state === TUNNEL) this.#tunnel?.close();
    else if (state === BODY || state === WAITING) this.#exchange.cancel(why);
    this.#listener.forget(this);
  }
}
