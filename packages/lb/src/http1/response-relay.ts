/**
 * The backend's answer on its way to the client: interim heads, the final head, the body. Head and
 * whatever of the body came with it leave in one write.
 */

import type { Socket } from 'node:net';
import { endsByClosing, writeResponseHead } from './forward-response.ts';
import type { FrontState } from './front-state.ts';
import { INCOMPLETE } from './head.ts';
import type { IncomingRequest } from './request.ts';
import { ResponseBody } from './response-body.ts';
import type { ResponseHead } from './response-head.ts';

/** More interim responses than this are a storm. */
const MAX_INTERIM = 16;

const CLOSE_LINE = 'Connection: close\r\n';
const KEEP_ALIVE_LINE = 'Connection: keep-alive\r\n';
const UPGRADE_LINE = 'Connection: upgrade\r\n';

/** The final head is not there yet. */
export const AWAITING_HEAD = 0;
/** More of the body is to come. */
export const MORE = 1;
/** As MORE, but the client should not get more for now. */
export const STALLED = 2;
/** The body is complete; with bytes after it, the backend's connection is poisoned. */
export const COMPLETE = 3;
export const COMPLETE_WITH_EXCESS = 4;
/** The backend broke the protocol. */
export const BROKEN = 5;
/** The owner did not want the answer passed on. */
export const SWALLOWED = 6;
/** The head of a 101 has been passed on; `rest` is the tunnel's. */
export const SWITCHED = 7;

/** What the relay has to ask before it passes a head on. */
export interface RelayTerms {
  /** May a response with this status go to the client? False: it has been dealt with. */
  answered(status: number): boolean;
  /** Whether all of the request has been received. */
  isRequestComplete(): boolean;
}

export class ResponseRelay {
  readonly #front: FrontState;
  readonly #client: Socket;
  readonly #request: IncomingRequest;
  readonly #terms: RelayTerms;
  readonly #body = new ResponseBody();
  /** The beginning of a head that has not come whole. */
  #partialHead: Buffer | undefined;
  #interim = 0;
  /** Bytes of a final response have been sent to the client. */
  headSent = false;
  /** The client's connection may be used again after this response. */
  keepAlive = false;
  /** The backend leaves its connection open, for so many seconds if it says (else −1). */
  backendKeepsAlive = false;
  keepAliveHint = -1;
  /** With SWITCHED: what came after the head, valid only during the call. */
  rest: Buffer | undefined;

  constructor(front: FrontState, client: Socket, request: IncomingRequest, terms: RelayTerms) {
    this.#front = front;
    this.#client = client;
    this.#request = request;
    this.#terms = terms;
  }

  /** Forgets the response before. */
  begin(): void {
    this.#partialHead = undefined;
    this.#interim = 0;
    this.headSent = false;
    this.keepAlive = false;
    this.backendKeepsAlive = false;
    this.rest = undefined;
  }

  /** Not a byte of a response has come. */
  get isSilent(): boolean {
    return !this.headSent && this.#interim === 0 && this.#partialHead === undefined;
  }

  /** Takes `bytes[from, to)` from the backend and says how things stand then. */
  take(bytes: Buffer, from: number, to: number): number {
    if (this.headSent) return this.#relay(bytes, from, to);
    const partial = this.#partialHead;
    if (partial === undefined) return this.#readHeads(bytes, from, to);
    this.#partialHead = undefined;
    const whole = Buffer.concat([partial, bytes.subarray(from, to)]);
    return this.#readHeads(whole, 0, whole.length);
  }

  /** The backend sends no more: true if that is a proper end, which has been passed on. */
  end(): boolean {
    if (!this.headSent || !this.#body.endedByClose(this.#front.scratch)) return false;
    this.#pass();
    return true;
  }

  #readHeads(bytes: Buffer, from: number, to: number): number {
    const { isHead, http10, snapshot } = this.#request;
    const head = snapshot.responseHead;
    for (let at = from; at < to; ) {
      const end = head.parse(bytes, at, to, isHead);
      if (end === INCOMPLETE) {
        this.#partialHead = Buffer.from(bytes.subarray(at, to));
        return AWAITING_HEAD;
      }
      if (end < 0 || (head.status < 200 && ++this.#interim > MAX_INTERIM)) return BROKEN;
      if (head.status >= 200) return this.#respond(head, bytes, end, to);
      if (head.status === 101) return this.#switch(head, bytes.subarray(end, to));
      if (!http10) this.#passHead(head, '', '');
      at = end;
    }
    return AWAITING_HEAD;
  }

  #respond(head: ResponseHead, bytes: Buffer, bodyStart: number, to: number): number {
    const { http10, keepAlive, snapshot, bindingLine } = this.#request;
    const { scratch, date, isDraining } = this.#front;
    if (!this.#terms.answered(head.status)) return SWALLOWED;
    this.headSent = true;
    this.backendKeepsAlive = head.keepAlive;
    this.keepAliveHint = head.keepAliveSeconds;
    this.keepAlive =
      keepAlive && !isDraining && this.#terms.isRequestComplete() && !endsByClosing(head, http10);
    const persistent = http10 ? KEEP_ALIVE_LINE : '';
    const connectionLine = this.keepAlive ? persistent : CLOSE_LINE;
    const dateLine = date.line;
    writeResponseHead(scratch, head, { http10, connectionLine, dateLine, bindingLine });
    this.#body.begin(head.framing, http10, snapshot.limits);
    return this.#relay(bytes, bodyStart, to);
  }

  #relay(bytes: Buffer, from: number, to: number): number {
    const end = this.#body.relay(bytes, from, to, this.#front.scratch);
    if (end < 0) {
      this.#front.scratch.clear();
      return BROKEN;
    }
    const flowing = this.#pass();
    if (this.#body.isComplete) return end === to ? COMPLETE : COMPLETE_WITH_EXCESS;
    return flowing ? MORE : STALLED;
  }

  #switch(head: ResponseHead, rest: Buffer): number {
    if (!this.#request.upgrade || !this.#terms.isRequestComplete()) return BROKEN;
    if (!this.#terms.answered(head.status)) return SWALLOWED;
    this.headSent = true;
    this.#passHead(head, UPGRADE_LINE, this.#request.bindingLine);
    this.rest = rest;
    return SWITCHED;
  }

  #passHead(head: ResponseHead, connectionLine: string, bindingLine: string): void {
    const { http10 } = this.#request;
    const terms = { http10, connectionLine, dateLine: '', bindingLine };
    writeResponseHead(this.#front.scratch, head, terms);
    this.#pass();
  }

  /** Sends what is in the scratch buffer; false if the client should not get more for now. */
  #pass(): boolean {
    const { scratch } = this.#front;
    this.#request.responseBytes += scratch.length;
    const isFlowing = scratch.sendTo(this.#client);
    scratch.clear();
    return isFlowing;
  }
}
