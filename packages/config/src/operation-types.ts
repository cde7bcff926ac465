/**
 * The operations that a route or service performs on its requests and responses, as a user writes them.
 * What they come to together is decided where a configuration is resolved.
 */

import type { KeySource } from '@evenkeel/core';
import type { HttpLimits, HttpTimeouts } from './limit-types.ts';

/** Names of fields to their values, which may hold variables. */
export type FieldValues = Readonly<Record<string, string>>;

/** How many requests each client may make. */
export interface RateLimitFile {
  /** `10/s`, `600/m`, `5/10s`. */
  readonly rate: string;
  /** Requests that may come at once; default: the number of the rate. */
  readonly burst?: number;
  /** What a client is told by; default `ip`. */
  readonly key?: KeySource;
  /** Clients that are remembered at once; default 100 000. */
  readonly clients?: number;
}

/** Operations of a route, of a service, or of all services. */
export interface OperationsFile {
  readonly setRequest?: FieldValues;
  readonly addRequest?: FieldValues;
  readonly removeRequest?: readonly string[];
  readonly setResponse?: FieldValues;
  readonly addResponse?: FieldValues;
  readonly removeResponse?: readonly string[];
  /** The rate alone is short for `{ rate }`. */
  readonly rateLimit?: RateLimitFile | string;
  /** Addresses and networks; all others are refused. */
  readonly allow?: readonly string[];
  /** Addresses and networks that are refused, whatever `allow` says. */
  readonly deny?: readonly string[];
}

/** Another place for a client to go. */
export interface RedirectFile {
  /** `https`, or a URL or path with variables. */
  readonly to: string;
  readonly status?: 301 | 302 | 303 | 307 | 308;
}

/** A response that needs no backend. */
export interface RespondFile {
  /** Default 200. */
  readonly status?: number;
  readonly body?: string;
  readonly contentType?: string;
}

/** What a route alone can do. */
export interface RouteOperationsFile extends OperationsFile {
  /** `true`: the route's own prefix; a path: the beginning of it that is cut. */
  readonly stripPrefix?: boolean | string;
  /** What takes the place of the route's prefix. */
  readonly replacePrefix?: string;
  /** The target alone is short for `{ to }`. */
  readonly redirect?: RedirectFile | string;
  /** The status alone is short for `{ status }`. */
  readonly respond?: RespondFile | number;
}

/** Timeouts that begin once a request has a service. */
export type ServiceTimeouts = Partial<
  Pick<
    HttpTimeouts,
    | 'connectMs'
    | 'responseHeadMs'
    | 'bodyIdleMs'
    | 'upstreamKeepAliveMs'
    | 'tunnelIdleMs'
    | 'halfClosedMs'
    | 'totalMs'
  >
>;

/** Limits of a request that has a service, and of the connections to its backends. */
export type ServiceLimits = Partial<
  Pick<
    HttpLimits,
    | 'bodyBytes'
    | 'replayBytes'
    | 'minBytesPerSecond'
    | 'idlePerEndpoint'
    | 'requestsPerConnection'
    | 'connectionAgeMs'
  >
>;
