/**
 * A response on its way to an HTTP/1 client, and the one place that decides whether the client's
 * connection may be used again after it.
 *
 * The framing is the client's: a body that ends with the backend's connection becomes chunks of our own
 * for HTTP/1.1; for HTTP/1.0 any body without a length ends with the client's connection.
 */

import type { Socket } from 'node:net';
import { resetConnection } from '../reset.ts';
import type { ClientStream } from '../stream.ts';
import { ownResponse } from './failures.ts';
import { endsByClosing, UPGRADE_REQUIRED, writeResponseHead } from './forward-response.ts';
import { UNTIL_CLOSE } from './framing.ts';
import type { FrontState } from './front-state.ts';
import type { Answer } from './refusals.ts';
import type { ForwardedRequest } from './request.ts';
import type { RequestBody } from './request-body.ts';
import type { ResponseHead } from './response-head.ts';

const CLOSE_LINE = 'Connection: close\r\n';
const KEEP_ALIVE_LINE = 'Connection: keep-alive\r\n';
const UPGRADE_LINE = 'Connection: upgrade\r\n';
const SWITCHING_PROTOCOLS = 101;

export class ClientResponse implements ClientStream {
  readonly #front: FrontState;
  readonly #socket: Socket;
  readonly #request: ForwardedRequest;
  readonly #requestBody: RequestBody;
  #makesChunks = false;
  #keepsAlive = false;
  /** Bytes sent to the client for this request, heads included. */
  sentBytes = 0;
  /** Those of the heads among them. */
  headBytes = 0;
  #unsentHeadBytes = 0;

  constructor(
    front: FrontState,
    socket: Socket,
    request: ForwardedRequest,
    requestBody: RequestBody,
  ) {
    this.#front = front;
    this.#socket = socket;
    this.#request = request;
    this.#requestBody = requestBody;
  }

  /** Forgets the response before. */
  begin(): void {
    this.sentBytes = 0;
    this.headBytes = 0;
    this.#unsentHeadBytes = 0;
    this.#makesChunks = false;
    this.#keepsAlive = false;
  }

  get isBackedUp(): boolean {
    return this.#socket.writableNeedDrain;
  }

  get takesChunked(): boolean {
    return !this.#request.http10;
  }

  /** The connection may be used for another request now that this response is complete. */
  get keepsAlive(): boolean {
    return this.#keepsAlive && !this.#front.isEnding;
  }

  head(head: ResponseHead, lines: string): void {
    const { http10, operations } = this.#request;
    let connectionLine = head.status === SWITCHING_PROTOCOLS ? UPGRADE_LINE : '';
    if (head.status >= 200) {
      connectionLine = this.#decide(!endsByClosing(head, http10));
      // A 426 says what to switch to, and Upgrade is never without this option (RFC 9110 section 7.8).
      if (head.status === UPGRADE_REQUIRED) connectionLine += UPGRADE_LINE;
      this.#makesChunks = head.framing.kind === UNTIL_CLOSE && !http10;
    }
    const dateLine = this.#front.date.line;
    const edits = head.status >= 200 ? operations?.response : undefined;
    const terms = { http10, connectionLine, dateLine, lines, edits };
    const { scratch } = this.#front;
    const before = scratch.length;
    writeResponseHead(scratch, head, terms);
    this.#unsentHeadBytes += scratch.length - before;
  }

  take(bytes: Uint8Array, from: number, to: number): void {
    const { scratch } = this.#front;
    if (!this.#makesChunks) {
      scratch.take(bytes, from, to);
    } else if (to > from) {
      scratch.text(`${(to - from).toString(16)}\r\n`);
      scratch.take(bytes, from, to);
      scratch.text('\r\n');
    }
  }

  end(): void {
    if (this.#makesChunks) this.#front.scratch.text('0\r\n\r\n');
  }

  flush(): boolean {
    const { scratch } = this.#front;
    this.sentBytes += scratch.length;
    this.headBytes += this.#unsentHeadBytes;
    this.#unsentHeadBytes = 0;
    const isFlowing = scratch.sendTo(this.#socket);
    scratch.clear();
    return isFlowing;
  }

  discard(): void {
    this.#unsentHeadBytes = 0;
    this.#front.scratch.clear();
  }

  reset(): void {
    resetConnection(this.#socket);
  }

  /** Sends a whole response of our own; `closes`: no request may follow on this connection. */
  respond(status: number, closes: boolean, answer: Answer = {}): void {
    const connectionLine = this.#decide(!closes);
    const dateLine = this.#front.date.line;
    const { isHead: toHead, operations, view } = this.#request;
    const operated = view && operations?.responseLines(view);
    const lines = (answer.lines ?? '') + (operated ?? '');
    const omitsType = operations?.response?.dropsName('content-type');
    const terms = { status, toHead, connectionLine, dateLine, lines, omitsType };
    const { head, body } = ownResponse({ ...answer, ...terms });
    this.headBytes += head.length;
    this.sentBytes += head.length + body.length;
    this.#socket.write(head + body, 'latin1');
  }

  /**
   * Decides whether the connection stays open: the client wants it, all of its request is here, so that
   * the next one begins where we think it does, and nothing else speaks against it.
   * @returns the Connection line that says so to the client
   */
  #decide(isPossible: boolean): string {
    const { keepAlive, http10 } = this.#request;
    this.#keepsAlive =
      isPossible && keepAlive && this.#requestBody.isComplete && !this.#front.isEnding;
    if (!this.#keepsAlive) return CLOSE_LINE;
    return http10 ? KEEP_ALIVE_LINE : '';
  }
}
