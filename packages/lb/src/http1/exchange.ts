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
  type Outcome,
  type Result,
  type TimerId,
} from '@evenkeel/core';
import type { AttemptOutcome } from '../observer.ts';
import { attemptReason, failureReason, type RequestEnd } from '../reasons.ts';
import type { UpstreamConnection } from '../upstream/connection.ts';
import { Attempts } from './attempts.ts';
import type { Peer } from './client-identity.ts';
import { ClientResponse } from './client-response.ts';
import type { ExchangeOwner } from './client-side.ts';
import { Conversation, type ConversationOwner } from './conversation.ts';
import { CLIENT_CLOSED_REQUEST, statusOf } from './failures.ts';
import type { FrontState, Snapshot } from './front-state.ts';
import { Observation } from './observation.ts';
import { withProxyStatus } from './proxy-status.ts';
import { type Answer, EXHAUSTED, endOf, type Refusal, TOTAL_TIMEOUT } from './refusals.ts';
import { ForwardedRequest } from './request.ts';
import { RequestBody } from './request-body.ts';
import type { RequestHead } from './request-head.ts';
import { identityOf } from './request-identity.ts';
import { Tunnel } from './tunnel.ts';

/** Answers below are never tried again. */
const ERRORS_FROM = 400;

export class HttpExchange implements Exchange, ConversationOwner {
  readonly dispatchState: DispatchState = new DispatchState();
  readonly request: ForwardedRequest;
  readonly requestBody: RequestBody = new RequestBody();
  readonly response: ClientResponse;
  readonly #front: FrontState;
  readonly #client: ExchangeOwner;
  readonly #attempts: Attempts;
  readonly #observed: Observation;
  #tunnel: Tunnel | undefined;
  #isComplete = false;
  /** Why we have ended it ourselves, if we have. */
  #refusal: Refusal | undefined;
  #totalTimer: TimerId = 0;

  constructor(front: FrontState, client: ExchangeOwner) {
    this.#front = front;
    this.#client = client;
    this.request = new ForwardedRequest(front.snapshot);
    this.response = new ClientResponse(front, client.socket, this.request, this.requestBody);
    this.#attempts = new Attempts(() => new Conversation(front, client, this));
    this.#observed = new Observation(front, this.request, this.requestBody, this.response);
  }

  get hash(): number {
    return this.request.hash;
  }

  get idempotent(): boolean {
    return this.request.idempotent;
  }

  get identity(): number {
    return identityOf(this.request.method, this.request.target);
  }

  /** A backend has all of the request, and it is still here to be sent to another one. */
  get mayHedge(): boolean {
    const isSent = this.requestBody.isComplete && this.#attempts.conversation.requestSent;
    return isSent && this.request.outgoing.isReplayable && this.request.upgrade === '';
  }

  get affinity(): string | undefined {
    return this.request.affinity;
  }

  /** Begins with a head, whether it is going to be dispatched or refused. */
  begin(head: RequestHead, peer: Peer, snapshot: Snapshot): void {
    this.#isComplete = false;
    this.#refusal = undefined;
    this.request.begin(head, peer, snapshot);
    this.requestBody.receivedBytes = 0;
    this.response.begin();
    this.#observed.begin();
    this.#attempts.clear();
  }

  /** Hands the request, checked and its body begun, to the balancer. */
  dispatch(): void {
    const { totalMs } = this.request.timeouts;
    if (totalMs > 0) {
      this.#totalTimer = this.#front.clock.after(totalMs, () => {
        this.#totalTimer = 0;
        this.cancel(TOTAL_TIMEOUT);
      });
    }
    this.request.destination?.service.balancer.dispatch(this);
  }

  /** The body's part of `bytes[from, to)`: the index after it, or −1 if that ended the exchange. */
  receive(bytes: Buffer, from: number, to: number): number {
    const end = this.requestBody.accept(bytes, from, to, this.request.outgoing);
    if (end < 0) {
      this.cancel(this.requestBody.refusal);
      return -1;
    }
    this.#attempts.conversation.bodyArrived();
    return end;
  }

  /** Ends a request that no balancer has: answers it. `closes`: no request may follow. */
  refuse(refusal: Refusal, closes: boolean): void {
    this.#observed.reason = refusal.reason;
    this.#respond(refusal.status, 'refused', closes, refusal.answer);
  }

  /** Ends a dispatched request for a reason of our own. */
  cancel(refusal: Refusal): void {
    this.#refusal = refusal;
    this.request.destination?.service.balancer.cancel(this);
  }

  clientDrained(): void {
    this.#attempts.conversation.clientDrained();
  }

  send(attempt: Attempt): void {
    const parent = this.#observed.attemptBegins(attempt);
    this.#attempts.start(attempt, parent);
  }

  abort(attempt: Attempt): void {
    this.#observed.attemptEnds(this.#refusal?.reason ?? 'cancelled', attempt);
    this.#attempts.abort(attempt);
    this.#tunnel?.close();
  }

  finished(result: Result): void {
    const observed = this.#observed;
    const refusal = this.#refusal;
    this.#tunnel = undefined;
    this.#stopTotalTimer();
    if (this.#isComplete) {
      this.#record('complete');
      this.#client.exchangeEnded();
      return;
    }
    const { problem, headSent } = this.#attempts.conversation;
    observed.reason = refusal?.reason ?? failureReason(result, problem, headSent);
    const status = refusal?.status ?? statusOf(result);
    if (headSent || status === CLIENT_CLOSED_REQUEST) {
      // What is cut off is no success, whatever its head said.
      observed.status = status;
      this.#record(endOf(refusal, result));
      this.#client.exchangeAborted();
    } else {
      this.#respond(status, endOf(refusal, result), false);
    }
  }

  answered(status: number, from: Conversation): boolean {
    this.#hear(from);
    const attempt = this.#attempts.present;
    if (attempt === undefined) return false;
    this.#observed.headCame(status);
    if (status >= ERRORS_FROM && this.#wouldRetry(status)) {
      from.stop();
      this.#settleFailed('status', status);
      return false;
    }
    if (!this.#isFailure(status)) attempt.firstByte();
    attempt.commit();
    this.#observed.headPassed(status);
    return true;
  }

  connected(dialledMs: number, from: Conversation): void {
    this.#hear(from);
    this.#observed.connected(dialledMs);
  }

  completed(): void {
    this.#isComplete = true;
    const { status } = this.#observed;
    if (this.#isFailure(status)) this.#settleFailed('status', status);
    else this.#settleOk(status);
  }

  failed(cause: FailureCause, from: Conversation): void {
    this.#hear(from);
    this.#settleFailed(cause, undefined);
  }

  exhausted(from: Conversation): void {
    this.#front.exhausted();
    this.#hear(from);
    // Where another attempt runs, that one may still be answered.
    if (this.#attempts.other === undefined) this.cancel(EXHAUSTED);
    else this.#settle('cancelled', { kind: 'cancelled', latencyMs: this.#latencyMs() });
  }

  switched(upstream: UpstreamConnection, rest: Buffer | undefined): void {
    this.#stopTotalTimer();
    const { timeouts } = this.request;
    const tunnel = new Tunnel(this.#client.socket, upstream, this.#front.clock, timeouts, () => {
      this.response.sentBytes += tunnel.sentBytes;
      this.requestBody.receivedBytes += tunnel.receivedBytes;
      this.#isComplete = true;
      this.#settleOk(101);
    });
    this.#tunnel = tunnel;
    this.#observed.isSession = true;
    if (rest !== undefined && rest.length > 0) tunnel.upstreamData(rest, 0, rest.length);
    this.#client.becomeTunnel(tunnel);
  }

  /** Answers by ourselves, and ends. */
  #respond(status: number, end: RequestEnd, closes: boolean, answer?: Answer): void {
    const observed = this.#observed;
    observed.status = status;
    const { forwarding } = this.request.snapshot;
    this.response.respond(status, closes, withProxyStatus(answer, observed.reason, forwarding));
    this.#record(end);
    this.#client.exchangeEnded();
  }

  #record(end: RequestEnd): void {
    this.request.outgoing.drop();
    this.#observed.ends(end);
  }

  #latencyMs(): number {
    return this.#front.clock.now() - (this.#attempts.present?.startedMs ?? 0);
  }

  #failure(cause: FailureCause, status: number | undefined): Failed {
    const { conversation } = this.#attempts;
    return {
      kind: 'failed',
      cause,
      status,
      requestSent: conversation.requestSent,
      replayable: this.request.outgoing.isReplayable,
      isNeutral:
        conversation.isNeutral(cause) || (status !== undefined && !this.#isFailure(status)),
      latencyMs: this.#latencyMs(),
    };
  }

  /** The service counts an answer with this status as its endpoint's failure. */
  #isFailure(status: number): boolean {
    return this.request.destination?.service.pool.isFailureStatus(status) === true;
  }

  #wouldRetry(status: number): boolean {
    const balancer = this.request.destination?.service.balancer;
    return balancer?.wouldRetry(this, this.#failure('status', status)) === true;
  }

  #settleFailed(cause: FailureCause, status: number | undefined): void {
    const { problem, headSent } = this.#attempts.conversation;
    this.#settle(attemptReason(cause, problem, headSent), this.#failure(cause, status));
  }

  #settleOk(status: number): void {
    this.#settle('ok', { kind: 'ok', status, latencyMs: this.#latencyMs() });
  }

  #settle(told: AttemptOutcome, outcome: Outcome): void {
    this.#observed.attemptEnds(told);
    this.#attempts.take()?.settle(outcome);
  }

  /** What follows is about the attempt of this conversation. */
  #hear(from: Conversation): void {
    this.#attempts.spoke(from);
    if (this.#attempts.isHedged) this.#observed.isAbout(this.#attempts.present);
  }

  #stopTotalTimer(): void {
    if (this.#totalTimer === 0) return;
    this.#front.clock.cancel(this.#totalTimer);
    this.#totalTimer = 0;
  }
}
