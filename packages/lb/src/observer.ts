/**
 * What the data plane tells metrics and the access log. Nothing is allocated for it: both records are
 * the data plane's own and valid only during the call. Copy what you keep.
 */

import type { RequestEnd } from './reasons.ts';

/** A request as it came and as it is forwarded: set before a backend is picked. */
export interface RequestRecord {
  /** Name of the service that it was routed to; empty if refused before. */
  readonly service: string;
  /** Empty if the head could not be read that far. */
  readonly method: string;
  readonly target: string;
  /** The request's authority: Host, or the target's in absolute form. */
  readonly host: string;
  /** `1.0` or `1.1`. */
  readonly version: string;
  readonly requestId: string;
  /** The client itself, as told by trusted proxies if there are any. */
  readonly clientAddress: string;
}

/** What became of a request, complete when it has ended. */
export interface RequestObservation {
  readonly end: RequestEnd;
  /** Why it did not end with a backend's whole response; empty if it did. See reasons.ts. */
  readonly reason: string;
  /** Id of the backend last asked; empty if none was. */
  readonly backend: string;
  /** What the client was sent; 499 if it left before the response was complete. */
  readonly status: number;
  /** Attempts made. */
  readonly attempts: number;
  /** Number of the service's last health event before the last attempt; 0 if there was none. */
  readonly afterEvent: number;
  /** Bytes of the request's body taken from the client, framing included. */
  readonly requestBodyBytes: number;
  /** Bytes sent to the client, head included. */
  readonly responseBytes: number;
  /** From the end of the request's head to the response's last byte, as it came from the backend. */
  readonly durationMs: number;
  /** From the end of the request's head to the response's head; 0 if none came. */
  readonly firstByteMs: number;
}

/** The limit at which a client connection was refused. */
export type ConnectionLimit = 'connections' | 'connectionsPerAddress';

/** Hears what happens. Called synchronously on the hot path: be quick, and do not throw. */
export interface FrontObserver {
  requestEnded?(request: RequestRecord, observed: RequestObservation): void;
  /** A connection to this backend was opened. */
  upstreamCreated?(backend: string): void;
  /** Out of descriptors or ports: requests cannot be served. At most once a minute. */
  exhausted?(): void;
  /** A client connection was refused; `isNews`: worth telling, at most once a minute. */
  connectionRefused?(limit: ConnectionLimit, isNews: boolean): void;
}
