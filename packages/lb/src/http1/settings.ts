/**
 * Every timeout and limit of the HTTP data plane, with its default, in one table. The configuration
 * schema fills these interfaces; the data plane reads them and checks nothing again.
 */

import type { BlockList } from 'node:net';

/** Milliseconds; each says when its clock starts. 0 switches a timeout off where it says so. */
export interface HttpTimeouts {
  /** A dial to a backend, from the first packet to the handshake's end. */
  readonly connectMs: number;
  /** From the request's last byte sent to the end of the response's head. */
  readonly responseHeadMs: number;
  /** Longest silence within a body, either way, while the other side could go on. */
  readonly bodyIdleMs: number;
  /** From a request's first byte (on a new connection: from accepting it) to the head's end. */
  readonly clientHeadMs: number;
  /** An idle client connection between two requests. */
  readonly clientKeepAliveMs: number;
  /** An idle backend connection; kept below the 5 s of a Node backend, so that we close first. */
  readonly upstreamKeepAliveMs: number;
  /** An upgraded connection on which neither side sends. */
  readonly tunnelIdleMs: number;
  /** A whole request, queue and retries included; 0 is off. */
  readonly totalMs: number;
}

/** Sizes in bytes unless the name says otherwise. */
export interface HttpLimits {
  /** Request target; above it 414. */
  readonly targetBytes: number;
  /** Start line and fields of a request (431) or response (502), the empty line included. */
  readonly headBytes: number;
  /** Field lines in one head; above it 431 or 502. */
  readonly fields: number;
  /** Request body; above it 413. 0 is no limit. */
  readonly bodyBytes: number;
  /** The extensions of one chunk. */
  readonly chunkExtensionBytes: number;
  /** The whole trailer section. */
  readonly trailerBytes: number;
  /** How much of a request's body is kept so that it can be sent again. */
  readonly replayBytes: number;
  /** Client connections open at once; further ones are closed as they come. */
  readonly connections: number;
  /** Idle connections kept per backend. */
  readonly idlePerEndpoint: number;
  /** Requests after which a backend connection is not used again. */
  readonly requestsPerConnection: number;
  /** Milliseconds after which a backend connection is not used again. */
  readonly connectionAgeMs: number;
}

/** What is told to backends about clients, and whom we believe about them. */
export interface Forwarding {
  /** Our name in Via, a token. Unique per instance: its coming back is a loop (508). */
  readonly via: string;
  /** Peers whose X-Forwarded-* are believed; absent: nobody's are. */
  readonly trustedProxies?: BlockList | undefined;
  /** Whether the backend sees the client's Host or its own address. */
  readonly hostHeader: 'client' | 'backend';
  /** Whether Proxy-Authorization is passed on. */
  readonly proxyAuthorization: boolean;
}

export const DEFAULT_TIMEOUTS: HttpTimeouts = Object.freeze({
  connectMs: 2_000,
  responseHeadMs: 15_000,
  bodyIdleMs: 60_000,
  clientHeadMs: 10_000,
  clientKeepAliveMs: 75_000,
  upstreamKeepAliveMs: 4_000,
  tunnelIdleMs: 3_600_000,
  totalMs: 0,
});

export const DEFAULT_LIMITS: HttpLimits = Object.freeze({
  targetBytes: 8_192,
  headBytes: 16_384,
  fields: 100,
  bodyBytes: 0,
  chunkExtensionBytes: 256,
  trailerBytes: 8_192,
  replayBytes: 65_536,
  connections: 10_000,
  idlePerEndpoint: 128,
  requestsPerConnection: 1_000,
  connectionAgeMs: 3_600_000,
});
