/** A request's body on its way from the client: measured and validated against its framing. */

import type { ByteSink } from './byte-buffer.ts';
import { ChunkedBody, type ChunkedRules } from './chunked.ts';
import { CHUNKED, type Framing, LENGTH } from './framing.ts';
import { BODY_TOO_LARGE, MALFORMED_BODY, type Refusal } from './refusals.ts';
import type { HttpLimits } from './settings.ts';

export class RequestBody {
  /** All of the body has come from the client. */
  isComplete = true;
  /** Bytes taken from the client, framing included. */
  receivedBytes = 0;
  /** Why the body was refused, if it was. */
  refusal: Refusal = MALFORMED_BODY;
  #limitBytes = 0;
  #remaining = 0;
  #chunked: ChunkedBody | undefined;

  /** Begins a new body. */
  begin(framing: Framing, limits: HttpLimits, rules: ChunkedRules): void {
    this.#limitBytes = limits.bodyBytes;
    this.#remaining = framing.kind === LENGTH ? framing.length : 0;
    this.#chunked = framing.kind === CHUNKED ? new ChunkedBody(limits, rules) : undefined;
    this.isComplete = this.#remaining === 0 && this.#chunked === undefined;
    this.receivedBytes = 0;
  }

  /**
   * Takes the body's part of `bytes[from, to)` and hands `out` what is to be passed on.
   * @returns the index after it, or −1: `refusal` says why it cannot go on
   */
  accept(bytes: Uint8Array, from: number, to: number, out: ByteSink): number {
    if (this.isComplete) return from;
    let end: number;
    if (this.#chunked === undefined) {
      end = Math.min(to, from + this.#remaining);
      this.#remaining -= end - from;
      this.isComplete = this.#remaining === 0;
      if (end > from) out.take(bytes, from, end);
    } else {
      end = this.#chunked.read(bytes, from, to, out);
      if (end < 0) return this.#refuse(MALFORMED_BODY);
      const isTooLarge = this.#limitBytes > 0 && this.#chunked.payloadBytes > this.#limitBytes;
      if (isTooLarge) return this.#refuse(BODY_TOO_LARGE);
      this.isComplete = this.#chunked.done;
    }
    this.receivedBytes += end - from;
    return end;
  }

  #refuse(refusal: Refusal): number {
    this.refusal = refusal;
    return -1;
  }
}
