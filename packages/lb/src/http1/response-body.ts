/**
 * A response's body on its way to the client: measured and validated, and put into the framing that
 * the client understands.
 *
 * | from the backend | to HTTP/1.1        | to HTTP/1.0                     |
 * |------------------|--------------------|---------------------------------|
 * | Content-Length   | as it is           | as it is                        |
 * | chunked          | as it is, checked  | payload; the connection's end   |
 * | until close      | chunks of our own  | as it is; the connection's end  |
 */

import type { ByteBuffer } from './byte-buffer.ts';
import { ChunkedBody } from './chunked.ts';
import { CHUNKED, type Framing, LENGTH, NO_BODY, UNTIL_CLOSE } from './framing.ts';
import type { HttpLimits } from './settings.ts';

export class ResponseBody {
  isComplete = false;
  #kind = NO_BODY;
  #remaining = 0;
  #chunked: ChunkedBody | undefined;
  #rechunks = false;

  /** Begins a new body. */
  begin(framing: Framing, http10: boolean, limits: HttpLimits): void {
    this.#kind = framing.kind;
    this.#remaining = framing.kind === LENGTH ? framing.length : 0;
    this.#chunked = framing.kind === CHUNKED ? new ChunkedBody(limits, http10) : undefined;
    this.#rechunks = framing.kind === UNTIL_CLOSE && !http10;
    this.isComplete =
      framing.kind === NO_BODY || (framing.kind === LENGTH && this.#remaining === 0);
  }

  /**
   * Appends to `out` what `bytes[from, to)` becomes.
   * @returns the index after the last byte of the body, or −1: malformed
   */
  relay(bytes: Uint8Array, from: number, to: number, out: ByteBuffer): number {
    if (from === to || this.isComplete) return from;
    if (this.#chunked !== undefined) {
      const end = this.#chunked.read(bytes, from, to, out);
      this.isComplete = this.#chunked.done;
      return end;
    }
    if (this.#kind === UNTIL_CLOSE) {
      if (this.#rechunks) out.text(`${(to - from).toString(16)}\r\n`);
      out.take(bytes, from, to);
      if (this.#rechunks) out.text('\r\n');
      return to;
    }
    const end = Math.min(to, from + this.#remaining);
    out.take(bytes, from, end);
    this.#remaining -= end - from;
    this.isComplete = this.#remaining === 0;
    return end;
  }

  /** The backend sends no more: true if that is a proper end of this body. */
  endedByClose(out: ByteBuffer): boolean {
    if (this.#kind !== UNTIL_CLOSE) return false;
    if (this.#rechunks) out.text('0\r\n\r\n');
    this.isComplete = true;
    return true;
  }
}
