/**
 * The configuration twice: as a user writes it (`…File`, everything optional) and as the program runs
 * on it (`Config`, complete, checked and frozen). Nothing after resolve.ts checks it again.
 */

import type {
  AdminState,
  HysteresisOptions,
  KeySource,
  PassiveSettings,
  QueueSettings,
  RetrySettings,
  SlowStartOptions,
  StrategyFactory,
} from '@evenkeel/core';
import type { Forwarding, HttpLimits, HttpTimeouts } from '../http1/settings.ts';
import type { Address } from './address.ts';

/** A backend as written. */
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

/** How backends are chosen. */
export interface StrategyFile {
  readonly name: string;
  readonly key?: KeySource;
  /** What the cookies of `sticky` are signed with; default: random, anew with each start. */
  readonly secret?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Active checks. */
export interface HealthFile extends HysteresisOptions {
  readonly type?: 'tcp' | 'http' | 'off';
  /** Implies `http`. */
  readonly path?: string;
  /** Text that the answer's body must contain. */
  readonly body?: string;
}

/** One group of backends and how it is used. */
export interface GroupFile {
  readonly strategy?: StrategyFile | string;
  readonly backends?: readonly BackendFile[];
  readonly health?: HealthFile | 'off';
  readonly passive?: PassiveSettings | 'off';
  readonly retries?: RetrySettings | 'off';
  readonly slowStart?: SlowStartOptions;
  /** Fewer ready than this, in percent, readmits the ejected; 0 (default): never. */
  readonly panicPercent?: number;
  /** Requests that wait for a backend below its limit. */
  readonly queue?: QueueSettings;
}

/** The whole file. A scenario's `lb:` has the same keys. */
export interface ConfigFile extends GroupFile {
  readonly listen?: { readonly host?: string; readonly port?: number };
  readonly mode?: 'http' | 'tcp';
  readonly services?: Readonly<Record<string, GroupFile>>;
  readonly routes?: readonly Route[];
  readonly timeouts?: Partial<HttpTimeouts & ShutdownTimes>;
  readonly limits?: Partial<HttpLimits>;
  readonly forwarding?: ForwardingFile;
  readonly admin?: { readonly listen?: string; readonly token?: string };
  /** A file, or `-` for standard output. */
  readonly accessLog?: string;
  readonly log?: Partial<LogConfig>;
}

/** Which service takes a request: exact host, longest prefix on whole segments. */
export interface Route {
  readonly host?: string;
  readonly prefix?: string;
  readonly service: string;
}

/** What can be changed in a running backend. */
export interface BackendPatch {
  readonly weight?: number;
  readonly state?: AdminState;
}

/** Which service a change is for; may be left out where there is one. */
export interface ForService {
  readonly service?: string;
}

/** What is told to backends about clients, and whom we believe about them. */
export interface ForwardingFile {
  /** Our name in Via; default: one that no other instance has. */
  readonly via?: string;
  /** Addresses and networks (`10.0.0.0/8`) whose X-Forwarded-* are believed; default: nobody's. */
  readonly trustedProxies?: readonly string[];
  readonly hostHeader?: 'client' | 'backend';
  readonly proxyAuthorization?: boolean;
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

/** A backend, complete. */
export interface Backend extends Address {
  readonly id: string;
  readonly url: string;
  readonly weight: number;
  readonly backup: boolean;
  readonly maxConnections: number;
  readonly priority: number;
}

/** A strategy, found in the registry and with its options checked. */
export interface StrategyConfig {
  readonly name: string;
  /** As written. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly create: StrategyFactory;
  /** Present if picks depend on a routing key. */
  readonly key?: KeySource;
  /** Present if sessions are bound to backends. */
  readonly affinity?: AffinityConfig;
}

/** The cookie that binds sessions; without a secret, the process has one of its own. */
export interface AffinityConfig {
  readonly cookie: string;
  readonly secret?: string;
}

/** A group of backends, complete; what is left out of the policies is core's default. */
export interface ServiceConfig {
  readonly name: string;
  readonly strategy: StrategyConfig;
  readonly backends: readonly Backend[];
  readonly health: HealthFile & { readonly type: 'tcp' | 'http' | 'off'; readonly path: string };
  readonly passive: PassiveSettings | 'off';
  readonly retries: RetrySettings | 'off';
  readonly slowStart?: SlowStartOptions;
  readonly panicPercent: number;
  readonly queue: QueueSettings;
}

/** Where the admin API listens, and what it asks for. */
export interface AdminConfig extends Address {
  readonly token?: string;
}

/** What the program runs on. */
export interface Config {
  readonly listen: Address;
  /** Never empty. */
  readonly services: readonly ServiceConfig[];
  /** Never empty. */
  readonly routes: readonly Route[];
  readonly timeouts: HttpTimeouts & ShutdownTimes;
  readonly limits: HttpLimits;
  /** Without `via` the instance names itself. */
  readonly forwarding: Omit<Forwarding, 'via'> & { readonly via?: string };
  readonly admin?: AdminConfig;
  readonly accessLog?: string;
  readonly log: LogConfig;
}
