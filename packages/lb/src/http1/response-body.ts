/**
 * A response's body on its way to the client: measured, validated and handed over.
 *
 * | from the backend | handed over                                     |
 * |------------------|-------------------------------------------------|
 * | Content-Length   | as it is                                        |
 * | chunked          | as it is, checked; or its payload alone         |
 * | until close      | as it is; its end is the connection's           |
 */

import { mayBeTrailer } from '@evenkeel/config';
import type { ByteSink } from './byte-buffer.ts';
import { ChunkedBody, type ChunkedRules } from './chunked.ts';
import { CHUNKED, type Framing, LENGTH, NO_BODY, UNTIL_CLOSE } from './framing.ts';
import type { HttpLimits } from './settings.ts';

/** A backend may use all of the grammar, and trailers but those that RFC 9110 section 6.5.1 forbids. */
const FRAMED: ChunkedRules = {
  payloadOnly: false,
  acceptsBlanks: true,
  passesTrailer: mayBeTrailer,
};
const PAYLOAD: ChunkedRules = { ...FRAMED, payloadOnly: true };

export class ResponseBody {
  isComplete = false;
  #kind = NO_BODY;
  #remaining = 0;
  #chunked: ChunkedBody | undefined;

  /** Begins a new body. `payloadOnly`: a chunked one is handed over without its framing. */
  begin(framing: Framing, payloadOnly: boolean, limits: HttpLimits): void {
    this.#kind = framing.kind;
    this.#remaining = framing.kind === LENGTH ? framing.length : 0;
    const rules = payloadOnly ? PAYLOAD : FRAMED;
    this.#chunked = framing.kind === CHUNKED ? new ChunkedBody(limits, rules) : undefined;
    this.isComplete =
      framing.kind === NO_BODY || (framing.kind === LENGTH && this.#remaining === 0);
  }

  /** The end of the backend's connection is this body's proper end. */
  get endsByClosing(): boolean {
    return this.#kind === UNTIL_CLOSE;
  }

  /**
   * Hands over what `bytes[from, to)` holds of the body.
   * @returns the index after the last byte of the body, or −1: malformed
   */
  pass(bytes: Uint8Array, from: number, to: number, out: ByteSink): number {
    if (from === to || this.isComplete) return from;
    if (this.#chunked !== undefined) {
      const end = this.#chunked.read(bytes, from, to, out);
      this.isComplete = this.#chunked.done;
      return end;
    }
    if (this.#kind === UNTIL_CLOSE) {
      out.take(bytes, from, to);
      return to;
    }
    const end = Math.min(to, from + this.#remaining);
    out.take(bytes, from, end);
    this.#remaining -= end - from;
    this.isComplete = this.#remaining === 0;
    return end;
  }
}
