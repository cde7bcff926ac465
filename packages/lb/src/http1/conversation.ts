/**
 * One attempt's talk with a backend: get a connection, send the request on it, read the response and
 * pass it on. It knows nothing of retries; it tells its owner how things stand.
 *
 * | state     | meaning                                       | what limits it                     |
 * |-----------|-----------------------------------------------|------------------------------------|
 * | off       | no attempt runs                               | nothing                            |
 * | dialling  | waiting for a connection                      | connectMs                          |
 * | sending   | the request goes out as the client sends it   | bodyIdleMs on the side waited for   |
 * | expecting | all sent, the head is not there yet           | responseHeadMs                     |
 * | relaying  | the head went out, the body follows           | bodyIdleMs on the side waited for   |
 *
 * Sending and relaying may overlap: a backend may answer early. The client's side of the limits is the
 * client connection's.
 *
 * A kept-alive connection may be closed by the backend at the moment when it is used again. That
 * is no failure of the endpoint: an idempotent request is sent once more on a fresh connection,
 * within the same attempt.
 */

import type { Endpoint, FailureCause } from '@evenkeel/core';
import type { ResponseProblem } from '../reasons.ts';
import type { ClientStream } from '../stream.ts';
import type { UpstreamConnection, UpstreamFailure, UpstreamUser } from '../upstream/connection.ts';
import type { ClientSide } from './client-side.ts';
import { REQUEST_TIMEOUT } from './failures.ts';
import type { FrontState } from './front-state.ts';
import type { ForwardedRequest } from './request.ts';
import type { RequestBody } from './request-body.ts';
import {
  BROKEN,
  COMPLETE,
  COMPLETE_WITH_EXCESS,
  HEAD_HERE,
  MORE,
  ResponseRelay,
  STALLED,
  SWITCHED,
} from './response-relay.ts';
import { isOffered } from './upgrade.ts';

const SWITCHING_PROTOCOLS = 101;

/** Which made the attempt. Each of the three endings comes at most once per `start`. */
export interface ConversationOwner {
  readonly request: ForwardedRequest;
  readonly requestBody: RequestBody;
  /** Where the response goes. */
  readonly response: ClientStream;
  /** A connection was made for the attempt; its dial began at `dialledMs`. */
  connected(dialledMs: number, from: Conversation): void;
  /** A final head came; false: it must not be passed on, and the conversation has been stopped. */
  answered(status: number, from: Conversation): boolean;
  /** The response has been handed to the client whole. */
  completed(): void;
  failed(cause: FailureCause, from: Conversation): void;
  /** We lack descriptors or ports: no endpoint's failure. */
  exhausted(from: Conversation): void;
  /** The backend switched protocols; `rest` came after the head and is valid only during the call. */
  switched(upstream: UpstreamConnection, rest: Buffer | undefined): void;
}

export class Conversation implements UpstreamUser {
  readonly #front: FrontState;
  readonly #client: ClientSide;
  readonly #request: ForwardedRequest;
  readonly #requestBody: RequestBody;
  readonly #response: ClientStream;
  readonly #owner: ConversationOwner;
  readonly #relay: ResponseRelay;
  #endpoint: Endpoint | undefined;
  #parent = '';
  #upstream: UpstreamConnection | undefined;
  #hasRedialled = false;
  /** The backend takes no more of the request. */
  #isDeaf = false;
  /** Bytes of the request may have reached the backend. */
  requestSent = false;
  /** With a failure of cause `protocol`: what of the response was malformed. */
  problem: ResponseProblem = 'status-line';

  constructor(front: FrontState, client: ClientSide, owner: ConversationOwner) {
    this.#front = front;
    this.#client = client;
    this.#request = owner.request;
    this.#requestBody = owner.requestBody;
    this.#response = owner.response;
    this.#owner = owner;
    this.#relay = new ResponseRelay(owner.response, owner.request);
  }

  /** Bytes of a final response have been sent to the client. */
  get headSent(): boolean {
    return this.#relay.headSent;
  }

  /** Forgets the request before. */
  begin(): void {
    this.requestSent = false;
    this.#relay.begin();
  }

  /** @param parent the end of the attempt's `traceparent`; empty: it is not traced */
  start(endpoint: Endpoint, parent: string): void {
    this.#endpoint = endpoint;
    this.#parent = parent;
    this.#hasRedialled = false;
    this.begin();
    this.#connect(false);
  }

  /** Ends it at once; the owner is not told. */
  stop(): void {
    const upstream = this.#upstream;
    this.#upstream = undefined;
    upstream?.destroy();
    this.#client.wantBody(false);
  }

  /** More of the request's body is there to be sent. */
  bodyArrived(): void {
    const upstream = this.#upstream;
    if (!this.requestSent || this.#isDeaf || !upstream?.isConnected) return;
    this.#sent(upstream, this.#request.outgoing.send(upstream.socket));
  }

  /** The client takes more again. */
  clientDrained(): void {
    if (this.#upstream === undefined || !this.#relay.headSent) return;
    this.#upstream.arm(this.#request.timeouts.bodyIdleMs);
    this.#upstream.socket.resume();
  }

  upstreamReady(): void {
    const upstream = this.#upstream;
    if (upstream === undefined) return;
    const { outgoing, destination } = this.#request;
    if (upstream.requests === 1) this.#owner.connected(upstream.createdMs, this);
    this.requestSent = true;
    outgoing.rewind();
    if (this.#parent !== '') outgoing.setParent(this.#parent);
    const host =
      outgoing.needsHost && this.#endpoint
        ? destination?.upstreams.hostOf(this.#endpoint)
        : undefined;
    this.#sent(
      upstream,
      host === undefined
        ? outgoing.send(upstream.socket)
        : outgoing.sendWithHost(upstream.socket, host, this.#front.scratch),
    );
  }

  upstreamDrained(): void {
    if (this.#requestBody.isComplete) return;
    this.#upstream?.disarm();
    this.#client.wantBody(true);
  }

  upstreamData(bytes: Buffer, from: number, to: number): void {
    let progress = this.#relay.take(bytes, from, to);
    if (progress === HEAD_HERE) {
      const { status } = this.#relay.head;
      if (status === SWITCHING_PROTOCOLS && !this.#maySwitch()) {
        this.#broken('switch');
        return;
      }
      // A backend that gave up waiting on an idle connection says so as the next request comes.
      if (status === REQUEST_TIMEOUT && this.#redials()) return;
      if (!this.#owner.answered(status, this)) return;
      progress = this.#relay.passHead(this.#endpoint?.id ?? '');
    }
    switch (progress) {
      case MORE:
        this.#upstream?.arm(this.#request.timeouts.bodyIdleMs);
        return;
      case STALLED:
        this.#upstream?.disarm();
        this.#upstream?.socket.pause();
        this.#client.stalled();
        return;
      case COMPLETE:
        this.#complete(true);
        return;
      case COMPLETE_WITH_EXCESS:
        this.#complete(false);
        return;
      case SWITCHED:
        this.#switched();
        return;
      case BROKEN:
        this.#broken(this.#relay.problem);
    }
  }

  upstreamEnded(): void {
    if (this.#relay.end()) this.#complete(false);
    else this.upstreamFailed('reset');
  }

  upstreamFailed(why: UpstreamFailure): void {
    if (why === 'reset' && this.#redials()) return;
    this.stop();
    if (why === 'exhausted') this.#owner.exhausted(this);
    else this.#owner.failed(why, this);
  }

  /** Sends the request once more, on a fresh connection, if that is safe and the used one was stale. */
  #redials(): boolean {
    const wasReused = (this.#upstream?.requests ?? 0) > 1;
    const { idempotent, outgoing } = this.#request;
    if (!wasReused || !this.#relay.isSilent || this.#hasRedialled) return false;
    if (!idempotent || !outgoing.isReplayable) return false;
    this.stop();
    this.#hasRedialled = true;
    this.#connect(true);
    return true;
  }

  #connect(fresh: boolean): void {
    const { destination, upgrade } = this.#request;
    if (destination === undefined || this.#endpoint === undefined) return;
    // A connection that may become a tunnel is never one that other requests have used.
    this.#isDeaf = false;
    const isFresh = fresh || upgrade !== '';
    const upstream = destination.upstreams.acquire(this.#endpoint, this, isFresh, this.#request);
    this.#upstream = upstream;
    if (upstream.isConnected) this.upstreamReady();
    else this.#client.wantBody(false);
  }

  /** What there is of the request has been written; `flowing`: the backend can take more at once. */
  #sent(upstream: UpstreamConnection, flowing: boolean): void {
    const { timeouts } = this.#request;
    if (upstream.socket.errored !== null) {
      // It takes no more; an answer that it gave before is still to be read.
      upstream.readOn();
      upstream.arm(timeouts.responseHeadMs);
      this.#isDeaf = true;
      this.#client.wantBody(false);
      return;
    }
    if (this.#requestBody.isComplete) {
      // A backend that answered early owes the rest of its body, unless the client holds it up.
      if (!this.#relay.headSent) upstream.arm(timeouts.responseHeadMs);
      else if (!this.#response.isBackedUp) upstream.arm(timeouts.bodyIdleMs);
      return;
    }
    if (flowing) upstream.disarm();
    else upstream.arm(timeouts.bodyIdleMs);
    this.#client.wantBody(flowing);
  }

  #complete(clean: boolean): void {
    const upstream = this.#upstream;
    this.#upstream = undefined;
    const { destination } = this.#request;
    if (upstream === undefined || destination === undefined || this.#endpoint === undefined) return;
    const { backendKeepsAlive, keepAliveHint, isBodiless } = this.#relay;
    if (clean && backendKeepsAlive && this.#requestBody.isComplete) {
      const exchanged = { hintSeconds: keepAliveHint, isBodiless };
      destination.upstreams.release(upstream, this.#endpoint, exchanged, this.#request);
    } else {
      upstream.destroy();
      if (!clean && isBodiless) destination.upstreams.distrust(this.#endpoint);
    }
    this.#owner.completed();
  }

  /**
   * Whether the client may have caused a failure: while it owes its body, the backend is right to give
   * up; and a head that is too long may be the request, reflected. Not where the backend is waited for.
   */
  isNeutral(cause: FailureCause): boolean {
    if (cause === 'protocol' && this.problem === 'head-too-large') return true;
    return this.requestSent && !this.#requestBody.isComplete && cause !== 'timeout';
  }

  #broken(problem: ResponseProblem): void {
    this.problem = problem;
    this.stop();
    this.#owner.failed('protocol', this);
  }

  /** Whether a 101 answers what the client asked for, and the client has said all before it. */
  #maySwitch(): boolean {
    const { upgrade } = this.#request;
    const answer = this.#relay.head.field('upgrade') ?? '';
    return this.#requestBody.isComplete && isOffered(answer, upgrade);
  }

  #switched(): void {
    const upstream = this.#upstream;
    this.#upstream = undefined;
    if (upstream !== undefined) this.#owner.switched(upstream, this.#relay.rest);
  }
}
