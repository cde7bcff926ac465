/**
 * Reads a backend's response and passes it on to the client: interim heads at once, the final head when
 * its conversation has agreed, then the body. Head and whatever of the body came with it leave in
 * one write.
 */

import type { ResponseProblem } from '../reasons.ts';
import type { ClientStream } from '../stream.ts';
import { NO_BODY } from './framing.ts';
import { GatheredBytes } from './gathered-bytes.ts';
import { INCOMPLETE } from './head.ts';
import type { ForwardedRequest } from './request.ts';
import { ResponseBody } from './response-body.ts';
import type { ResponseHead } from './response-head.ts';

/** More interim responses than this are a storm. */
const MAX_INTERIM = 16;
const SWITCHING_PROTOCOLS = 101;

/** The final head is not there yet. */
export const AWAITING_HEAD = 0;
/** A final head or a 101 is here; `passHead` goes on with it within the same call, or nothing does. */
export const HEAD_HERE = 1;
/** More of the body is to come. */
export const MORE = 2;
/** As MORE, but the client should not get more for now. */
export const STALLED = 3;
/** The body is complete; with bytes after it, the backend's connection is poisoned. */
export const COMPLETE = 4;
export const COMPLETE_WITH_EXCESS = 5;
/** The backend broke the protocol; `problem` says where. */
export const BROKEN = 6;
/** The head of a 101 has been passed on; `rest` is the tunnel's. */
export const SWITCHED = 7;

const NOTHING = Buffer.alloc(0);

export class ResponseRelay {
  readonly #client: ClientStream;
  readonly #request: ForwardedRequest;
  readonly #body = new ResponseBody();
  /** The beginning of a head that has not come whole. */
  #partialHead: GatheredBytes | undefined;
  #interim = 0;
  #isInBody = false;
  /** With HEAD_HERE: what follows the head. */
  #pending: Buffer = NOTHING;
  #pendingFrom = 0;
  #pendingTo = 0;
  /** Bytes of a final response have been sent to the client. */
  headSent = false;
  /** The backend leaves its connection open, for so many seconds if it says (else −1). */
  backendKeepsAlive = false;
  keepAliveHint = -1;
  /** An interim response, or one without a body by its status or its request's method: what follows was not asked for. */
  isBodiless = false;
  #hasFalseLength = false;
  /** With SWITCHED: what came after the head, valid only during the call. */
  rest: Buffer | undefined;
  /** With BROKEN: what of the response is malformed. */
  problem: ResponseProblem = 'status-line';

  constructor(client: ClientStream, request: ForwardedRequest) {
    this.#client = client;
    this.#request = request;
  }

  /** Forgets the response before. */
  begin(): void {
    this.#partialHead = undefined;
    this.#interim = 0;
    this.#isInBody = false;
    this.headSent = false;
    this.backendKeepsAlive = false;
    this.isBodiless = false;
    this.#hasFalseLength = false;
    this.rest = undefined;
  }

  /** Not a byte of a response has come. */
  get isSilent(): boolean {
    return !this.#isInBody && this.#interim === 0 && this.#partialHead === undefined;
  }

  /** With HEAD_HERE: the head, valid only during the call. */
  get head(): ResponseHead {
    return this.#request.snapshot.responseHead;
  }

  /** Takes `bytes[from, to)` from the backend and says how things stand then. */
  take(bytes: Buffer, from: number, to: number): number {
    if (this.#isInBody) return this.#passBody(bytes, from, to);
    const partial = this.#partialHead;
    if (partial === undefined) return this.#readHeads(bytes, from, to, undefined);
    partial.add(bytes, from, to);
    if (!partial.isWorthALook) return AWAITING_HEAD;
    this.#partialHead = undefined;
    return this.#readHeads(partial.memory, 0, partial.length, partial);
  }

  /** After HEAD_HERE: passes the head of this backend on, and what has come of the body. */
  passHead(backend: string): number {
    const { head } = this;
    const bytes = this.#pending;
    this.#pending = NOTHING;
    this.#client.head(head, this.#request.linesFor(backend, head));
    if (head.status === SWITCHING_PROTOCOLS) {
      this.#flush();
      this.rest = bytes.subarray(this.#pendingFrom, this.#pendingTo);
      return SWITCHED;
    }
    this.#isInBody = true;
    this.backendKeepsAlive = head.keepAlive && !head.hasFalseLength && !this.#hasFalseLength;
    this.isBodiless = head.framing.kind === NO_BODY || this.#interim > 0;
    this.keepAliveHint = head.keepAliveSeconds;
    this.#body.begin(head.framing, !this.#client.takesChunked, this.#request.limits);
    return this.#passBody(bytes, this.#pendingFrom, this.#pendingTo);
  }

  /** The backend sends no more: true if that is a proper end, which has been passed on. */
  end(): boolean {
    if (!this.#isInBody || !this.#body.endsByClosing) return false;
    this.#client.end();
    this.#flush();
    return true;
  }

  /** `gathered`: what holds the bytes, if anything does. */
  #readHeads(bytes: Buffer, from: number, to: number, gathered: GatheredBytes | undefined): number {
    const { isHead, http10, snapshot } = this.#request;
    const head = snapshot.responseHead;
    for (let at = from; at < to; ) {
      const end = head.parse(bytes, at, to, isHead);
      if (end === INCOMPLETE) {
        gathered?.looked();
        const isAll = gathered !== undefined && at === from;
        this.#partialHead = isAll ? gathered : new GatheredBytes(bytes, at, to);
        return AWAITING_HEAD;
      }
      if (end < 0) return this.#broken(head.problem);
      if (head.status >= 200 || head.status === SWITCHING_PROTOCOLS) {
        this.#pending = bytes;
        this.#pendingFrom = end;
        this.#pendingTo = to;
        return HEAD_HERE;
      }
      this.#hasFalseLength ||= head.hasFalseLength;
      if (++this.#interim > MAX_INTERIM) return this.#broken('interim');
      if (!http10) {
        this.#client.head(head, '');
        this.#client.flush();
      }
      at = end;
    }
    return AWAITING_HEAD;
  }

  #passBody(bytes: Buffer, from: number, to: number): number {
    const end = this.#body.pass(bytes, from, to, this.#client);
    if (end < 0) {
      this.#client.discard();
      return this.#broken('body');
    }
    if (this.#body.isComplete) this.#client.end();
    const isFlowing = this.#flush();
    if (this.#body.isComplete) return end === to ? COMPLETE : COMPLETE_WITH_EXCESS;
    return isFlowing ? MORE : STALLED;
  }

  #flush(): boolean {
    this.headSent = true;
    return this.#client.flush();
  }

  #broken(problem: ResponseProblem): number {
    this.problem = problem;
    return BROKEN;
  }
}
