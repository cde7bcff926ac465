/**
 * A configuration as a user writes it: everything is optional, and a value left out is seen to be left
 * out, because flags, file and environment are laid over each other before defaults come in. Times
 * are milliseconds, sizes bytes; in files, flags and variables both may carry a unit.
 */

import type {
  AdminState,
  HysteresisOptions,
  KeySource,
  PassiveSettings,
  QueueSettings,
  RetrySettings,
  SlowStartOptions,
} from '@evenkeel/core';
import type { DiscoveryKey } from './discovery.ts';
import type { StatusList } from './statuses.ts';

/** A backend. */
export interface BackendFile {
  /** `http://host:port`. */
  readonly url: string;
  /** Default `host:port`. */
  readonly id?: string;
  /** Share of traffic, > 0; default 1. */
  readonly weight?: number;
  /** Used only while no other is ready. */
  readonly backup?: boolean;
  /** Most requests at once; 0 (default) is no limit. */
  readonly maxConnections?: number;
  /** 0 (default) is used first; a level spills over to the next as its health sinks. */
  readonly priority?: number;
}

/** Attributes of a session cookie besides Path, HttpOnly and, where the request came by https, Secure. */
export interface SessionCookieFile {
  /** Default `lax`; browsers take `none` with Secure only. */
  readonly sameSite?: 'lax' | 'strict' | 'none';
  /** How long it is kept, in milliseconds from the answer that set it; default: until the browser is closed. */
  readonly maxAgeMs?: number;
  /** Sent to all hosts below this one too; default: only to the one that set it. */
  readonly domain?: string;
}

/** How backends are chosen. */
export interface StrategyFile {
  /** A name or an alias. */
  readonly name: string;
  readonly key?: KeySource;
  /** What the cookies of `sticky` are signed with; default: random, anew with each start. */
  readonly secret?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Attributes of the cookie of `sticky`. */
  readonly cookie?: SessionCookieFile;
}

/** Active checks. Every key about HTTP implies `type: http`. */
export interface HealthFile extends HysteresisOptions {
  /** Default `tcp`: a connection that is accepted passes. */
  readonly type?: 'tcp' | 'http' | 'off';
  /** What is asked for; default `/`. */
  readonly path?: string;
  /** Method of the request, in capitals; default GET. */
  readonly method?: string;
  /** The Host field; default: the address of the backend. */
  readonly host?: string;
  /** Further fields of the request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where to check, for tcp too; default: the port of the backend. */
  readonly port?: number;
  /** Statuses that pass; default 200-399. */
  readonly expect?: StatusList;
  /** Text that the answer's body must contain. */
  readonly body?: string;
}

/** Passive health. */
export interface PassiveFile extends Omit<PassiveSettings, 'statuses'> {
  /** Answers that count as failures; default 500 and 502-504. */
  readonly statuses?: StatusList;
}

/** Attempts after the first. */
export interface RetryFile extends Omit<RetrySettings, 'statuses'> {
  /** Answers after which `on: [status]` tries again; default 502-504. */
  readonly statuses?: StatusList;
}

/** The policies of one group of backends. */
export interface PolicyFile {
  readonly health?: HealthFile | 'off';
  readonly passive?: PassiveFile | 'off';
  readonly retries?: RetryFile | 'off';
  readonly slowStart?: SlowStartOptions | 'off';
  /** Fewer ready than this, in percent, readmits backends that are out; 0 (default): never. */
  readonly panicPercent?: number;
  /** Requests that wait for a backend below its limit. */
  readonly queue?: QueueSettings | 'off';
}

/** One group of backends and how it is used. */
export interface GroupFile extends PolicyFile {
  readonly strategy?: StrategyFile | string;
  /** A URL alone is short for `{ url }`. */
  readonly backends?: readonly (BackendFile | string)[];
  /** Where backends are found while the program runs. */
  readonly discovery?: DiscoveryKey;
}

/** What the data plane is told. */
export interface DataPlaneFile {
  readonly timeouts?: Partial<HttpTimeouts & ShutdownTimes>;
  readonly limits?: Partial<HttpLimits>;
  readonly forwarding?: ForwardingFile;
  /** Protocols that a client may switch to by Upgrade; default `[websocket]`. */
  readonly upgrades?: readonly string[];
}

/** A scenario's `lb:`; what is balanced and where it listens is the run's business. */
export interface ScenarioLb extends Omit<GroupFile, 'backends' | 'discovery'>, DataPlaneFile {}

/** The whole file. */
export interface ConfigFile extends GroupFile, DataPlaneFile {
  readonly listen?: { readonly host?: string; readonly port?: number };
  readonly mode?: 'http' | 'tcp';
  readonly services?: Readonly<Record<string, GroupFile>>;
  readonly routes?: readonly Route[];
  readonly admin?: { readonly listen?: string; readonly token?: string } | 'off';
  /** A file, `-` for standard output, or `off`. */
  readonly accessLog?: string;
  readonly log?: Partial<LogConfig>;
}

/** Which service takes a request: exact host, longest prefix on whole segments. */
export interface Route {
  /** `api.example.org`, or `*.example.org` for every name below it. */
  readonly host?: string;
  readonly prefix?: string;
  readonly service: string;
}

/** What can be changed in a running backend. */
export interface BackendPatch {
  readonly weight?: number | null;
  readonly maxConnections?: number | null;
  readonly priority?: number | null;
  readonly state?: AdminState | null;
}

/** Which service a change is for; may be left out where there is one. */
export interface ForService {
  readonly service?: string;
}

/** What is told to backends about clients, and which peers are believed about them. */
export interface ForwardingFile {
  /** Our name in Via; default: one that no other instance has. */
  readonly via?: string;
  /** Addresses and networks (`10.0.0.0/8`) whose X-Forwarded-* are believed; default: none. */
  readonly trustedProxies?: readonly string[];
  readonly hostHeader?: 'client' | 'backend';
  readonly proxyAuthorization?: boolean;
  /** Fields of a request's trailer section that are passed on; default: none. */
  readonly requestTrailers?: readonly string[];
}

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
  /** Silence of an upgraded connection that one side has ended already. */
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

/** The program's own log, on standard error. */
export interface LogConfig {
  readonly level: LogLevel;
  readonly format: LogFormat;
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['pretty', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];
