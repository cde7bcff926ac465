/** Timeouts and limits of the data plane, as a user writes them and as the program has them. */

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
  /** A connection in mode tcp on which neither side sends. */
  readonly tcpIdleMs: number;
  /** Silence of an upgraded connection, or one in mode tcp, that one side has ended already. */
  readonly halfClosedMs: number;
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
  /** Client connections open at once. */
  readonly connections: number;
  /** Client connections open at once from one address (IPv6: one /64); 0 is no limit. */
  readonly connectionsPerAddress: number;
  /** Slowest that a client may send or read, while only it is waited for; 0 is off. */
  readonly minBytesPerSecond: number;
  /** Idle connections kept per backend. */
  readonly idlePerEndpoint: number;
  /** Requests after which a backend connection is not used again. */
  readonly requestsPerConnection: number;
  /** Milliseconds after which a backend connection is not used again. */
  readonly connectionAgeMs: number;
}

/** The end of the program. */
export interface ShutdownTimes {
  /** How long requests in flight may take to end. */
  readonly drainMs: number;
  /** How long `/readyz` says 503 before the listener closes. */
  readonly shutdownDelayMs: number;
}
