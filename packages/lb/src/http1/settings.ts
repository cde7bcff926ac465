/**
 * The default of every timeout and limit of the HTTP data plane, in one table. What each means is
 * in @evenkeel/config; the data plane reads them and checks nothing again.
 */

import type { HttpLimits, HttpTimeouts } from '@evenkeel/config';
import type { Trust } from '../listener/peer-address.ts';

export type { HttpLimits, HttpTimeouts } from '@evenkeel/config';

/** What is told to backends about clients, and which peers are believed about them. */
export interface Forwarding extends Trust {
  /** Our name in Via, a token. Unique per instance: its coming back is a loop (508). */
  readonly via: string;
  /** Whether the backend sees the client's Host or its own address. */
  readonly hostHeader: 'client' | 'backend';
  /** Whether Proxy-Authorization is passed on. */
  readonly proxyAuthorization: boolean;
  /** Whether responses of our own say by Proxy-Status why they are no backend's (RFC 9209). */
  readonly proxyStatus: boolean;
  /** Names, in small letters, of the fields of a request's trailer section that are passed on. */
  readonly requestTrailers: readonly string[];
}

export const DEFAULT_UPGRADES: readonly string[] = Object.freeze(['websocket']);

export const DEFAULT_TIMEOUTS: HttpTimeouts = Object.freeze({
  connectMs: 2_000,
  responseHeadMs: 15_000,
  bodyIdleMs: 60_000,
  clientHeadMs: 10_000,
  clientKeepAliveMs: 75_000,
  upstreamKeepAliveMs: 4_000,
  tunnelIdleMs: 3_600_000,
  tcpIdleMs: 3_600_000,
  halfClosedMs: 30_000,
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
  connectionsPerAddress: 0,
  minBytesPerSecond: 240,
  idlePerEndpoint: 128,
  requestsPerConnection: 1_000,
  connectionAgeMs: 3_600_000,
});
