/**
 * The configuration as the program runs on it: complete, checked and frozen. Nothing after resolve.ts
 * checks it again. What a user writes is in @evenkeel/config.
 */

import type {
  Address,
  BackendSettings,
  DiscoveryTarget,
  HttpLimits,
  HttpTimeouts,
  LogConfig,
  Mode,
  ResolvedPolicies,
  ServiceLimits,
  ServiceTimeouts,
  SessionCookieFile,
  ShutdownTimes,
} from '@evenkeel/config';
import type { KeySource, StrategyFactory } from '@evenkeel/core';
import type { OperationsConfig } from '../http1/operations/operations.ts';
import type { Forwarding } from '../http1/settings.ts';

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
  /** None was named: weights decide which one it is, also those that change later. */
  readonly isDefault?: true;
  /** Present if picks depend on a routing key. */
  readonly key?: KeySource;
  /** Present if sessions are bound to backends. */
  readonly affinity?: AffinityConfig;
}

/** The cookie that binds sessions; without a secret, the process has one of its own. */
export interface AffinityConfig extends SessionCookieFile {
  readonly cookie: string;
  readonly secret?: string;
}

/** A source of backends, complete. */
export interface DiscoveryConfig {
  /** As written: it names the source in the log and in metrics. */
  readonly url: string;
  readonly target: DiscoveryTarget;
  /** That of the service whose backends it finds. */
  readonly mode: Mode;
  readonly minRefreshMs: number;
  readonly maxRefreshMs: number;
  /** Of each backend that it finds, where it does not say so itself. */
  readonly settings: BackendSettings;
}

/** A group of backends, complete; what is left out of the policies is core's default. */
export interface ServiceConfig extends ResolvedPolicies {
  readonly name: string;
  /** What its listeners and its backends speak. */
  readonly mode: Mode;
  /** The version of the PROXY header with which connections to its backends begin; absent: none. */
  readonly sendProxyProtocol?: ProxyVersion;
  readonly strategy: StrategyConfig;
  readonly backends: readonly Backend[];
  readonly discovery: readonly DiscoveryConfig[];
  /** In place of those of the whole balancer, key by key. */
  readonly timeouts?: ServiceTimeouts;
  readonly limits?: ServiceLimits;
}

/** A route, complete. */
export interface RouteConfig {
  readonly host?: string;
  readonly prefix?: string;
  /** Absent where the route answers by itself. */
  readonly service?: string;
  /** Its own and those of its service; absent: there are none. */
  readonly operations?: OperationsConfig;
}

/** The two forms of a PROXY header: a line of text, and binary. */
export type ProxyVersion = 'v1' | 'v2';

/** Where clients connect, and what is spoken there. */
export interface ListenerConfig {
  readonly at: Address;
  /** Permissions of a Unix socket; absent: what the umask leaves. */
  readonly socketMode?: number;
  readonly mode: Mode;
  /** Peers that are trusted begin with a PROXY header. */
  readonly acceptsProxy: boolean;
  /** In mode tcp: where connections go. */
  readonly service?: string;
}

/** Where the admin API listens, and what it asks for. */
export interface AdminConfig extends Address {
  readonly token?: string;
}

/** The access log: where, what a line looks like, and the share of requests that get one. */
export interface AccessLogConfig {
  readonly file: string;
  readonly format: string;
  readonly sample: number;
}

/** What the program runs on. */
export interface Config {
  /** Never empty. */
  readonly listeners: readonly ListenerConfig[];
  /** Never empty. */
  readonly services: readonly ServiceConfig[];
  /** Those of the listeners in mode http; never empty if there is one. */
  readonly routes: readonly RouteConfig[];
  readonly timeouts: HttpTimeouts & ShutdownTimes;
  readonly limits: HttpLimits;
  /** Without `via` the instance names itself. */
  readonly forwarding: Omit<Forwarding, 'via'> & { readonly via?: string };
  /** Protocols that a client may switch to by Upgrade, in small letters. */
  readonly upgrades: readonly string[];
  readonly admin?: AdminConfig;
  readonly accessLog?: AccessLogConfig;
  readonly log: LogConfig;
}
