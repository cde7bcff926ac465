/**
 * What the parts behind a front need of a client, whatever protocol it speaks: the facts by which a
 * request is routed, and the stream on which its response goes out. HTTP/1.1 implements both in http1/.
 */

import type { ByteSink } from './http1/byte-buffer.ts';
import type { ResponseHead } from './http1/response-head.ts';

/** A request as router, routing keys, session affinity and forwarding see it. */
export interface RequestFacts {
  readonly method: string;
  /** The target's path, without the query, as the client spelled it; `/` if it is empty. */
  readonly path: string;
  /** The request's authority: `host[:port]`, or empty. */
  readonly host: string;
  /**
   * The value of a field; several lines of one name are joined as RFC 9110 section 5.3 says (cookies
   * by `; `).
   * @param name in lower case
   */
  field(name: string): string | undefined;
}

/** Where a response goes. What it is given leaves with the next `flush`, in one write. */
export interface ClientStream extends ByteSink {
  /** Whether `take` gets a chunked body with its framing; otherwise it gets the payload alone. */
  readonly takesChunked: boolean;
  /** The client does not take what it was sent; its front tells when it does again. */
  readonly isBackedUp: boolean;
  /**
   * An interim or final head. Backends speak HTTP/1.1, so this is their head as it was parsed, valid
   * only during the call.
   * @param lines field lines of our own for it, each with its line end
   */
  head(head: ResponseHead, lines: string): void;
  /** Bytes of the body; valid only during the call. */
  take(bytes: Uint8Array, from: number, to: number): void;
  /** The body is complete. */
  end(): void;
  /** Sends what was given since. @returns false if the client should not get more for now */
  flush(): boolean;
  /** Forgets what has not been flushed. */
  discard(): void;
  /** Ends the stream so that what was sent cannot be taken for a whole response. */
  reset(): void;
}
