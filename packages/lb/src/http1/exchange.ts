/**
 * One request and its response, as the balancer drives it: core's `Exchange` over HTTP/1.1. Each
 * client connection has one such record and uses it for all its requests, one after another.
 *
 * | state      | meaning                               | what limits it                        |
 * |------------|---------------------------------------|---------------------------------------|
 * | free       | no request                            | the client connection's timeouts      |
 * | dispatched | queued, backing off or conversing     | the balancer's and the conversation's |
 * | tunnelling | after 101                             | tunnelIdleMs                          |
 *
 * totalMs, if set, covers the last two together, tunnels excepted.
 */

import {
  type Attempt,
  DispatchState,
  type Exchange,
  type Failed,
  type FailureCause,
  isFailureStatus,
  type Result,
  type TimerId,
} from '@evenkeel/core';
import type { UpstreamConnection } from '../upstream/connection.ts';
import { type ClientSide, Conversation, type ConversationOwner } from './conversation.ts';
import {
  CLIENT_CLOSED_REQUEST,
  GATEWAY_TIMEOUT,
  SERVICE_UNAVAILABLE,
  statusOf,
} from './failures.ts';
import type { Peer } from './forward-request.ts';
import type { FrontState, Snapshot } from './front-state.ts';
import { IncomingRequest } from './request.ts';
import { RequestBody } from './request-body.ts';
import type { RequestHead } from './request-head.ts';
import { Tunnel } from './tunnel.ts';

/** What an exchange asks of its client's connection. */
export interface ExchangeOwner extends ClientSide {
  /** Sends a response of our own; `keepAlive`: the connection may be used again after it. */
  respond(status: number, keepAlive: boolean): void;
  /** The exchange is over. `abort`: what the client was sent must not look whole. */
  exchangeEnded(how: 'keep' | 'close' | 'abort'): void;
  /** From now on the tunnel gets the client's bytes, those first that were sent ahead. */
  becomeTunnel(tunnel: Tunnel): void;
}

export class HttpExchange implements Exchange, ConversationOwner {
  readonly dispatchState: DispatchState = new DispatchState();
  readonly request: IncomingRequest;
  readonly upload: RequestBody = new RequestBody();
  readonly #front: FrontState;
  readonly #client: ExchangeOwner;
  readonly #conversation: Conversation;
  #attempt: Attempt | undefined;
  #tunnel: Tunnel | undefined;
  #isComplete = false;
  /** The status to answer after a cancellation of our own; 0 if the client left. */
  #verdict = 0;
  #totalTimer: TimerId = 0;
  #startMs = 0;

  constructor(front: FrontState, client: ExchangeOwner) {
    this.#front = front;
    this.#client = client;
    this.request = new IncomingRequest(front.snapshot);
    this.#conversation = new Conversation(front, client, this.request, this.upload, this);
  }

  get hash(): number {
    return this.request.hash;
  }

  get idempotent(): boolean {
    return this.request.idempotent;
  }

  get affinity(): string | undefined {
    return this.request.affinity;
  }

  /** Begins with a head, whether it is going to be dispatched or refused. */
  begin(head: RequestHead, peer: Peer, snapshot: Snapshot): void {
    this.#startMs = this.#front.clock.now();
    this.#isComplete = false;
    this.#verdict = 0;
    this.request.begin(head, peer, snapshot);
    this.upload.receivedBytes = 0;
    this.#conversation.begin();
  }

  /** Hands the request, checked and its body begun, to the balancer. */
  dispatch(): void {
    const { totalMs } = this.request.snapshot.timeouts;
    if (totalMs > 0) {
      this.#totalTimer = this.#front.clock.after(totalMs, () => {
        this.#totalTimer = 0;
        this.refuse(GATEWAY_TIMEOUT);
      });
    }
    this.request.route?.group.balancer.dispatch(this);
  }

  /** The body's part of `bytes[from, to)`: the index after it, or −1 if that ended the exchange. */
  receive(bytes: Buffer, from: number, to: number): number {
    const end = this.upload.accept(bytes, from, to, this.request.outgoing);
    if (end < 0) {
      this.refuse(-end);
      return -1;
    }
    this.#conversation.bodyArrived();
    return end;
  }

  /** Ends the exchange for a reason of our own. */
  refuse(status: number): void {
    this.#verdict = status;
    this.request.route?.group.balancer.cancel(this);
  }

  /** The client left, or might as well have. */
  clientGone(): void {
    this.refuse(0);
  }

  clientDrained(): void {
    this.#conversation.clientDrained();
  }

  send(attempt: Attempt): void {
    this.#attempt = attempt;
    this.request.backend = attempt.endpoint.id;
    this.request.afterEvent = attempt.afterEvent;
    this.#conversation.start(attempt.endpoint);
  }

  abort(): void {
    this.#attempt = undefined;
    this.#conversation.stop();
    this.#tunnel?.close();
  }

  finished(result: Result): void {
    const { request } = this;
    request.attempts = result.attempts;
    this.#attempt = undefined;
    this.#tunnel = undefined;
    this.#stopTotalTimer();
    const clientLeft = result.kind === 'cancelled' && this.#verdict === 0;
    if (this.#isComplete) {
      this.recordEnd();
      this.#client.exchangeEnded(this.#conversation.keepAlive ? 'keep' : 'close');
    } else if (this.#conversation.headSent || clientLeft) {
      if (clientLeft) request.status = CLIENT_CLOSED_REQUEST;
      this.recordEnd();
      this.#client.exchangeEnded('abort');
    } else {
      const status = this.#verdict > 0 ? this.#verdict : statusOf(result);
      this.#client.respond(status, request.keepAlive && this.upload.isComplete);
    }
  }

  /** Tells the observer: the record is complete. */
  recordEnd(): void {
    const { request } = this;
    request.outgoing.drop();
    request.requestBodyBytes = this.upload.receivedBytes;
    request.durationMs = this.#front.clock.now() - this.#startMs;
    this.#front.observer.requestEnded?.(request);
  }

  answered(status: number): boolean {
    const attempt = this.#attempt;
    if (attempt === undefined) return false;
    if (isFailureStatus(status) && this.#wouldRetry(status)) {
      this.#conversation.stop();
      this.#settleFailed('status', status);
      return false;
    }
    attempt.firstByte();
    attempt.commit();
    this.request.status = status;
    this.request.firstByteMs = this.#front.clock.now() - this.#startMs;
    return true;
  }

  completed(): void {
    this.#isComplete = true;
    const { status } = this.request;
    if (isFailureStatus(status)) this.#settleFailed('status', status);
    else this.#attempt?.settle({ kind: 'ok', status, latencyMs: this.#latencyMs() });
  }

  failed(cause: FailureCause): void {
    this.#settleFailed(cause, undefined);
  }

  exhausted(): void {
    this.#front.exhausted();
    this.refuse(SERVICE_UNAVAILABLE);
  }

  switched(upstream: UpstreamConnection, rest: Buffer | undefined): void {
    this.#stopTotalTimer();
    const { tunnelIdleMs } = this.request.snapshot.timeouts;
    const tunnel = new Tunnel(this.#client.socket, upstream, tunnelIdleMs, () => {
      this.request.responseBytes += tunnel.sentBytes;
      this.#isComplete = true;
      this.#attempt?.settle({ kind: 'ok', status: 101, latencyMs: this.#latencyMs() });
    });
    this.#tunnel = tunnel;
    if (rest !== undefined && rest.length > 0) tunnel.upstreamData(rest, 0, rest.length);
    this.#client.becomeTunnel(tunnel);
  }

  #latencyMs(): number {
    return this.#front.clock.now() - (this.#attempt?.startedMs ?? 0);
  }

  #failure(cause: FailureCause, status: number | undefined): Failed {
    return {
      kind: 'failed',
      cause,
      status,
      requestSent: this.#conversation.requestSent,
      replayable: this.request.outgoing.isReplayable,
      latencyMs: this.#latencyMs(),
    };
  }

  #wouldRetry(status: number): boolean {
    const balancer = this.request.route?.group.balancer;
    return balancer?.wouldRetry(this, this.#failure('status', status)) === true;
  }

  #settleFailed(cause: FailureCause, status: number | undefined): void {
    this.#attempt?.settle(this.#failure(cause, status));
  }

  #stopTotalTimer(): void {
    if (this.#totalTimer === 0) return;
    this.#front.clock.cancel(this.#totalTimer);
    this.#totalTimer = 0;
  }
}
