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
import type { Mode } from './address.ts';
import type { BackendSettings } from './backend-settings.ts';
import type { DiscoveryKey } from './discovery.ts';
import type { HttpLimits, HttpTimeouts, ShutdownTimes } from './limit-types.ts';
import type { ListenerFile, ListenFile } from './listeners.ts';
import type {
  OperationsFile,
  RouteOperationsFile,
  ServiceLimits,
  ServiceTimeouts,
} from './operation-types.ts';
import type { StatusList } from './statuses.ts';

/** A backend. */
export interface BackendFile extends BackendSettings {
  /** `http://host:port`; in tcp mode `host:port` or `tcp://host:port`; in both `unix:/path`. */
  readonly url: string;
  /** Default `host:port`. */
  readonly id?: string;
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
export interface GroupFile extends PolicyFile, OperationsFile {
  readonly strategy?: StrategyFile | string;
  /** A URL alone is short for `{ url }`. */
  readonly backends?: readonly (BackendFile | string)[];
  /** Where backends are found while the program runs. */
  readonly discovery?: DiscoveryKey;
  /**
   * Each connection to a backend begins with a PROXY header that names its client, and serves no other;
   * default `off`.
   */
  readonly sendProxyProtocol?: 'v1' | 'v2' | 'off';
}

/** One of several services. */
export interface ServiceFile extends GroupFile {
  /** In place of the top level's, key by key. */
  readonly timeouts?: ServiceTimeouts;
  readonly limits?: ServiceLimits;
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
export interface ScenarioLb
  extends Omit<GroupFile, 'backends' | 'discovery' | 'sendProxyProtocol' | keyof OperationsFile>,
    DataPlaneFile {}

/** The access log. */
export interface AccessLogFile {
  /** Default `-`: standard output. */
  readonly file?: string;
  /** `json` (default), `combined`, or a text with variables such as `{status}`. */
  readonly format?: string;
  /** Share of the requests that get a line, 0 to 1 (default); those that failed get one always. */
  readonly sample?: number;
}

/** The whole file. */
export interface ConfigFile extends GroupFile, DataPlaneFile {
  readonly listen?: ListenFile;
  /** What the one listener speaks; default `http`. */
  readonly mode?: Mode;
  /** In place of `listen` and `mode`, where there are several. */
  readonly listeners?: readonly ListenerFile[];
  readonly services?: Readonly<Record<string, ServiceFile>>;
  readonly routes?: readonly Route[];
  readonly admin?: { readonly listen?: string; readonly token?: string } | 'off';
  /** A file, `-` for standard output, or `off`; a name alone is short for `{ file }`. */
  readonly accessLog?: string | AccessLogFile;
  readonly log?: Partial<LogConfig>;
}

/** Which service takes a request, and what is done on the way: exact host, longest prefix on whole segments. */
export interface Route extends RouteOperationsFile {
  /** `api.example.org`, or `*.example.org` for every name below it. */
  readonly host?: string;
  readonly prefix?: string;
  /** May be left out where there is one service, or where the route answers by itself. */
  readonly service?: string;
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
  /**
   * Addresses and networks (`10.0.0.0/8`) whose X-Forwarded-* and PROXY headers are believed; `unix:` stands
   * for peers at Unix sockets. Default: none.
   */
  readonly trustedProxies?: readonly string[];
  readonly hostHeader?: 'client' | 'backend';
  readonly proxyAuthorization?: boolean;
  /** Responses of our own say why they are no backend's (Proxy-Status); default: they do not. */
  readonly proxyStatus?: boolean;
  /** Fields of a request's trailer section that are passed on; default: none. */
  readonly requestTrailers?: readonly string[];
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
