/**
 * One attempt's talk with a backend: get a connection, send the request on it, read the response and
 * pass it on. It knows nothing of retries; it tells its owner how things stand.
 *
 * | state     | meaning                                       | what limits it                     |
 * |-----------|-----------------------------------------------|------------------------------------|
 * | off       | no attempt runs                               | nothing                            |
 * | dialling  | waiting for a connection                      | connectMs                          |
 * | sending   | the request goes out as the client sends it   | bodyIdleMs on whoever is waited for |
 * | expecting | all sent, the head is not there yet           | responseHeadMs                     |
 * | relaying  | the head went out, the body follows           | bodyIdleMs on whoever is waited for |
 *
 * Sending and relaying may overlap: a backend may answer early. The client's side of the limits is the
 * client connection's.
 *
 * A kept-alive connection may be closed by the backend at the moment when it is used again. That
 * is no failure of the endpoint: an idempotent request is sent once more on a fresh connection,
 * within the same attempt.
 */

import type { Socket } from 'node:net';
import type { Endpoint, FailureCause } from '@evenkeel/core';
import type { UpstreamConnection, UpstreamFailure, UpstreamUser } from '../upstream/connection.ts';
import { Download } from './download.ts';
import { endsByClosing, writeResponseHead } from './forward-response.ts';
import { INCOMPLETE } from './head.ts';
import type { Plane } from './plane.ts';
import type { IncomingRequest } from './request.ts';
import type { ResponseHead } from './response-head.ts';
import type { Upload } from './upload.ts';

/** More interim responses than this are a storm. */
const MAX_INTERIM = 16;
/** A body up to this size leaves together with the head, in one write. */
const ONE_WRITE_BYTES = 32 * 1024;

/** The client's connection, as far as a conversation needs it. */
export interface ClientSide {
  readonly socket: Socket;
  /** Whether more of the request's body is wanted now. */
  wantBody(wanted: boolean): void;
  /** The client does not take what it is sent: to be limited until it does. */
  stalled(): void;
}

/** Who made the attempt. Each of the three endings comes at most once per `start`. */
export interface ConversationOwner {
  /** A final head came; false: it must not be passed on, and the conversation has been stopped. */
  answered(status: number): boolean;
  /** The response has been handed to the client whole. */
  completed(): void;
  failed(cause: FailureCause): void;
  /** We lack descriptors or ports: nobody's failure. */
  exhausted(): void;
  /** The backend switched protocols; `rest` came after the head and is valid only during the call. */
  switched(upstream: UpstreamConnection, rest: Buffer): void;
}

export class Conversation implements UpstreamUser {
  readonly #plane: Plane;
  readonly #client: ClientSide;
  readonly #request: IncomingRequest;
  readonly #upload: Upload;
  readonly #owner: ConversationOwner;
  readonly #download = new Download();
  #endpoint: Endpoint | undefined;
  #upstream: UpstreamConnection | undefined;
  /** The beginning of a response head that has not come whole. */
  #partialHead: Buffer | undefined;
  #hasRedialled = false;
  #interim = 0;
  #upstreamKeepAlive = false;
  #keepAliveHint = -1;
  /** Octets of the request may have reached the backend. */
  requestSent = false;
  /** Octets of a final response have been sent to the client. */
  headSent = false;
  /** The client's connection may be used again after this response. */
  keepAlive = false;

  constructor(
    plane: Plane,
    client: ClientSide,
    request: IncomingRequest,
    upload: Upload,
    owner: ConversationOwner,
  ) {
    this.#plane = plane;
    this.#client = client;
    this.#request = request;
    this.#upload = upload;
    this.#owner = owner;
  }

  /** Forgets the request before. */
  begin(): void {
    this.requestSent = false;
    this.headSent = false;
    this.keepAlive = false;
  }

  start(endpoint: Endpoint): void {
    this.#endpoint = endpoint;
    this.#hasRedialled = false;
    this.#upstreamKeepAlive = false;
    this.requestSent = false;
    this.headSent = false;
    this.#connect(false);
  }

  /** Ends it at once; the owner is not told. */
  stop(): void {
    const upstream = this.#upstream;
    this.#upstream = undefined;
    this.#partialHead = undefined;
    upstream?.destroy();
    this.#client.wantBody(false);
  }

  /** More of the request's body is there to be sent. */
  bodyArrived(): void {
    if (this.requestSent && this.#upstream?.isConnected) this.#sendBody(this.#upstream);
  }

  /** The client takes more again. */
  clientDrained(): void {
    if (this.#upstream === undefined || !this.headSent) return;
    this.#upstream.arm(this.#request.snapshot.timeouts.bodyIdleMs);
    this.#upstream.socket.resume();
  }

  upstreamReady(): void {
    const upstream = this.#upstream;
    if (upstream === undefined) return;
    const upload = this.#upload;
    this.requestSent = true;
    this.#interim = 0;
    this.#partialHead = undefined;
    upload.rewind();
    const bodyBytes = upload.unwrittenBytes;
    if (bodyBytes > 0 && bodyBytes <= ONE_WRITE_BYTES) {
      const { scratch } = this.#plane;
      scratch.text(this.#requestHead());
      upload.moveTo(scratch);
      scratch.sendTo(upstream.socket);
    } else {
      upstream.socket.write(this.#requestHead(), 'latin1');
    }
    this.#sendBody(upstream);
  }

  upstreamDrained(): void {
    if (this.#upload.isComplete) return;
    this.#upstream?.disarm();
    this.#client.wantBody(true);
  }

  upstreamData(bytes: Buffer, from: number, to: number): void {
    if (this.headSent) this.#relay(bytes, from, to);
    else this.#readHead(bytes, from, to);
  }

  upstreamEnded(): void {
    if (this.headSent && this.#download.endedByClose(this.#plane.scratch)) {
      this.#pass();
      this.#complete(false);
    } else {
      this.upstreamFailed('reset');
    }
  }

  upstreamFailed(why: UpstreamFailure): void {
    const wasReused = (this.#upstream?.requests ?? 0) > 1;
    const silent = !this.headSent && this.#partialHead === undefined && this.#interim === 0;
    this.stop();
    if (why === 'exhausted') {
      this.#owner.exhausted();
    } else if (
      why === 'reset' &&
      wasReused &&
      silent &&
      !this.#hasRedialled &&
      this.#request.idempotent &&
      this.#upload.isReplayable
    ) {
      this.#hasRedialled = true;
      this.#connect(true);
    } else {
      this.#owner.failed(why);
    }
  }

  #connect(fresh: boolean): void {
    const { route, snapshot, upgrade } = this.#request;
    if (route === undefined || this.#endpoint === undefined) return;
    // A connection that may become a tunnel is never one that other requests have used.
    const upstream = route.upstreams.acquire(this.#endpoint, this, fresh || upgrade, snapshot);
    this.#upstream = upstream;
    if (upstream.isConnected) this.upstreamReady();
    else this.#client.wantBody(false);
  }

  #requestHead(): string {
    const { opening, ownHost, rest, route } = this.#request;
    if (!ownHost || this.#endpoint === undefined) return opening + rest;
    return `${opening}Host: ${route?.upstreams.addressOf(this.#endpoint)}\r\n${rest}`;
  }

  #sendBody(upstream: UpstreamConnection): void {
    const { timeouts } = this.#request.snapshot;
    const flowing = this.#upload.flush(upstream.socket);
    if (this.#upload.isComplete) {
      if (!this.headSent) upstream.arm(timeouts.responseHeadMs);
      return;
    }
    if (flowing) upstream.disarm();
    else upstream.arm(timeouts.bodyIdleMs);
    this.#client.wantBody(flowing);
  }

  #readHead(bytes: Buffer, from: number, to: number): void {
    const partial = this.#partialHead;
    if (partial === undefined) {
      this.#readHeads(bytes, from, to);
    } else {
      const whole = Buffer.concat([partial, bytes.subarray(from, to)]);
      this.#partialHead = undefined;
      this.#readHeads(whole, 0, whole.length);
    }
  }

  #readHeads(bytes: Buffer, from: number, to: number): void {
    const head = this.#request.snapshot.responseHead;
    for (let at = from; at < to; ) {
      const end = head.parse(bytes, at, to, this.#request.isHead);
      if (end === INCOMPLETE) {
        this.#partialHead = Buffer.from(bytes.subarray(at, to));
        return;
      }
      if (end < 0 || (head.status < 200 && ++this.#interim > MAX_INTERIM)) {
        this.#break();
        return;
      }
      if (head.status >= 200) {
        this.#respond(head, bytes, end, to);
        return;
      }
      if (head.status === 101) {
        this.#switch(head, bytes.subarray(end, to));
        return;
      }
      if (!this.#request.http10) this.#passHead(head, '');
      at = end;
    }
  }

  #respond(head: ResponseHead, bytes: Buffer, bodyStart: number, to: number): void {
    const { http10, keepAlive, snapshot } = this.#request;
    this.#upstreamKeepAlive = head.keepAlive;
    this.#keepAliveHint = head.keepAliveSeconds;
    this.keepAlive =
      keepAlive &&
      this.#upload.isComplete &&
      !this.#plane.isDraining &&
      !endsByClosing(head, http10);
    if (!this.#owner.answered(head.status)) return;
    this.headSent = true;
    const connection = this.keepAlive ? (http10 ? KEEP_ALIVE_LINE : '') : CLOSE_LINE;
    writeResponseHead(this.#plane.scratch, head, {
      http10,
      connectionLine: connection,
      dateLine: this.#plane.date.line,
    });
    this.#download.begin(head.framing, http10, snapshot.limits);
    this.#relay(bytes, bodyStart, to);
  }

  #relay(bytes: Buffer, from: number, to: number): void {
    const end = this.#download.relay(bytes, from, to, this.#plane.scratch);
    if (end < 0) {
      this.#plane.scratch.clear();
      this.#break();
      return;
    }
    const flowing = this.#pass();
    if (this.#download.isComplete) {
      // Octets after the end belong to no request of ours: such a connection is never used again.
      this.#complete(end === to);
    } else if (flowing) {
      this.#upstream?.arm(this.#request.snapshot.timeouts.bodyIdleMs);
    } else {
      this.#upstream?.disarm();
      this.#upstream?.socket.pause();
      this.#client.stalled();
    }
  }

  #passHead(head: ResponseHead, connectionLine: string): void {
    const terms = { http10: this.#request.http10, connectionLine, dateLine: '' };
    writeResponseHead(this.#plane.scratch, head, terms);
    this.#pass();
  }

  /** Sends the client what is in the scratch buffer; false if it should not get more for now. */
  #pass(): boolean {
    const { scratch } = this.#plane;
    this.#request.responseBytes += scratch.length;
    return scratch.sendTo(this.#client.socket);
  }

  #complete(clean: boolean): void {
    const upstream = this.#upstream;
    this.#upstream = undefined;
    const { route, snapshot } = this.#request;
    if (upstream === undefined || route === undefined || this.#endpoint === undefined) return;
    if (clean && this.#upstreamKeepAlive && this.#upload.isComplete) {
      route.upstreams.release(upstream, this.#endpoint, this.#keepAliveHint, snapshot);
    } else {
      upstream.destroy();
    }
    this.#owner.completed();
  }

  #switch(head: ResponseHead, rest: Buffer): void {
    const upstream = this.#upstream;
    if (upstream === undefined || !this.#request.upgrade || !this.#upload.isComplete) {
      this.#break();
      return;
    }
    this.#upstream = undefined;
    if (!this.#owner.answered(head.status)) return;
    this.headSent = true;
    this.#passHead(head, 'Connection: upgrade\r\n');
    this.#owner.switched(upstream, rest);
  }

  /** The backend broke the protocol. */
  #break(): void {
    this.stop();
    this.#owner.failed('protocol');
  }
}

const CLOSE_LINE = 'Connection: close\r\n';
const KEEP_ALIVE_LINE = 'Connection: keep-alive\r\n';
