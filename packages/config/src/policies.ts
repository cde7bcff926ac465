/**
 * The policies of a group of backends: health checks, passive health, retries, slow start, queue, panic
 * and strategy. Their schema, and what they come to: whatever is simulated is what would run.
 */

import type {
  HysteresisOptions,
  KeySource,
  PassiveSettings,
  QueueSettings,
  RetrySettings,
  SlowStartOptions,
} from '@evenkeel/core';
import { z } from 'zod';
import {
  decimal,
  flag,
  integer,
  list,
  mapping,
  milliseconds,
  name,
  named,
  nonEmpty,
  oneOf,
  orOff,
  path,
  secret,
  statuses,
  text,
  token,
} from './fields.ts';
import { type StatusList, statusSet } from './statuses.ts';
import type {
  GroupFile,
  HealthFile,
  PassiveFile,
  PolicyFile,
  RetryFile,
  SessionCookieFile,
  StrategyFile,
} from './types.ts';

const optional = z.exactOptional;
const anyCount = (): z.ZodInt => integer(0, 1_000_000);
const percent = (): z.ZodNumber => decimal(0, 100);

/** The keys of a mapping, each of which may be left out. */
export type OptionalKeys<T> = {
  readonly [K in keyof T]-?: z.ZodExactOptional<z.ZodType<NonNullable<T[K]>>>;
};

/** Where a key is taken from. */
export const keySource: z.ZodType<KeySource> = z.union(
  [
    z.literal('ip'),
    z.strictObject({ header: token('a header name') }),
    z.strictObject({ cookie: token('a cookie name') }),
  ],
  { error: 'must be ip, { header: NAME } or { cookie: NAME }' },
);

const sessionCookie: z.ZodType<SessionCookieFile> = mapping({
  sameSite: optional(oneOf(['lax', 'strict', 'none'])),
  maxAgeMs: optional(milliseconds(1000)),
  domain: optional(
    text(/^(?=.{1,253}$)[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i, 'a domain'),
  ),
});

/** The keys of a strategy with its settings. */
export const strategyKeys: { readonly name: z.ZodType<string> } & OptionalKeys<
  Omit<StrategyFile, 'name'>
> = {
  name: name(),
  key: optional(keySource),
  secret: optional(secret(/^[^\0\r\n]{16,1024}$/, '16 to 1024 characters')),
  options: optional(named(z.unknown())),
  cookie: optional(sessionCookie),
};

const health: z.ZodType<HealthFile> = mapping({
  type: optional(oneOf(['tcp', 'http', 'off'])),
  path: optional(path()),
  method: optional(text(/^[A-Z]{1,20}$/, 'a method in capitals')),
  host: optional(text(/^[\w.:[\]-]{1,255}$/, 'a host name, with or without a port')),
  headers: optional(
    z.record(
      text(
        /^(?!(?:host|connection|content-length|transfer-encoding)$)[!#$%&'*+.^_`|~\w-]{1,128}$/i,
        'names of fields, but for those that frame the request',
      ),
      text(/^[\t\x20-\x7e]{0,4096}$/, 'visible characters'),
      { error: 'must be a mapping from names of fields to text' },
    ),
  ),
  port: optional(integer(1, 65_535)),
  expect: optional(statuses()),
  body: optional(nonEmpty('the text that the answer must contain')),
  intervalMs: optional(milliseconds()),
  fastIntervalMs: optional(milliseconds()),
  downIntervalMs: optional(milliseconds()),
  timeoutMs: optional(milliseconds()),
  rise: optional(integer(1, 1000)),
  fall: optional(integer(1, 1000)),
});

const passive: z.ZodType<PassiveFile> = mapping({
  consecutiveFailures: optional(anyCount()),
  maxFails: optional(integer(1, 1_000_000)),
  failTimeoutMs: optional(milliseconds()),
  statuses: optional(statuses()),
  successRate: optional(
    mapping({
      intervalMs: optional(milliseconds()),
      minHosts: optional(integer(2, 100_000)),
      minRequests: optional(integer(1, 1_000_000)),
      deviations: optional(decimal(0, 100)),
    }),
  ),
  ejection: optional(
    mapping({
      baseMs: optional(milliseconds()),
      maxMs: optional(milliseconds()),
      maxPercent: optional(percent()),
    }),
  ),
});

const retries: z.ZodType<RetryFile> = mapping({
  tries: optional(integer(1, 100)),
  on: optional(list(oneOf(['connect', 'reset', 'timeout', 'status']), 0, 4)),
  statuses: optional(statuses()),
  backoffBaseMs: optional(milliseconds(0)),
  backoffMaxMs: optional(milliseconds(0)),
  budget: optional(
    mapping({
      ratio: optional(decimal(0, 100)),
      ttlMs: optional(milliseconds()),
      floorPerSecond: optional(decimal(0, 1_000_000)),
    }),
  ),
  hedge: optional(mapping({ percentile: optional(decimal(50, 99.9)) })),
  classic: optional(flag()),
});

const slowStart: z.ZodType<SlowStartOptions> = mapping({
  windowMs: optional(milliseconds()),
  aggression: optional(decimal(0.01, 100)),
  minFactor: optional(decimal(0.001, 1)),
});

const queue: z.ZodType<QueueSettings> = mapping({
  max: optional(anyCount()),
  timeoutMs: optional(milliseconds()),
});

/** The keys of the policies, to be spread into the mapping that holds them. */
export const policyKeys: OptionalKeys<PolicyFile & Pick<GroupFile, 'strategy'>> = {
  strategy: optional(z.union([name(), mapping(strategyKeys)])),
  health: optional(orOff(health)),
  passive: optional(orOff(passive)),
  retries: optional(orOff(retries)),
  slowStart: optional(orOff(slowStart)),
  panicPercent: optional(percent()),
  queue: optional(orOff(queue)),
};

/** Active checks, complete; what is left out of timing and thresholds is core's default. */
export interface ResolvedHealth extends HysteresisOptions {
  readonly type: 'tcp' | 'http' | 'off';
  readonly path: string;
  readonly method: string;
  /** Absent: the address of the backend. */
  readonly host?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: the port of the backend. */
  readonly port?: number;
  /** Statuses that pass. */
  readonly expect: ReadonlySet<number>;
  readonly body?: string;
}

/** Policies, complete; what is left out of each is core's default. */
export interface ResolvedPolicies {
  readonly health: ResolvedHealth;
  readonly passive: (PassiveSettings & { readonly statuses: ReadonlySet<number> }) | 'off';
  readonly retries: (RetrySettings & { readonly statuses: ReadonlySet<number> }) | 'off';
  readonly slowStart?: SlowStartOptions;
  readonly panicPercent: number;
  readonly queue: QueueSettings;
}

/** Where a policy has a default that core does not know. */
const DEFAULTS = {
  healthPath: '/',
  healthMethod: 'GET',
  healthExpect: ['200-399'],
  passiveStatuses: [500, '502-504'],
  retryStatuses: ['502-504'],
} as const satisfies Record<string, string | StatusList>;

/** Keys of a health check that only one over HTTP can have. */
export const HTTP_CHECK_KEYS: readonly (
  | 'path'
  | 'method'
  | 'host'
  | 'headers'
  | 'expect'
  | 'body'
)[] = ['path', 'method', 'host', 'headers', 'expect', 'body'];

/** Completes the policies of a group. */
export function resolvePolicies(group: PolicyFile): ResolvedPolicies {
  const { passive = {}, retries = {}, slowStart = 'off', queue = {} } = group;
  return {
    health: resolveHealth(group.health),
    passive: passive === 'off' ? 'off' : withStatuses(passive, DEFAULTS.passiveStatuses),
    retries: retries === 'off' ? 'off' : withStatuses(retries, DEFAULTS.retryStatuses),
    ...(slowStart === 'off' ? {} : { slowStart }),
    panicPercent: group.panicPercent ?? 0,
    queue: queue === 'off' ? { max: 0 } : queue,
  };
}

function resolveHealth(written: PolicyFile['health'] = {}): ResolvedHealth {
  const file: HealthFile = written === 'off' ? { type: 'off' } : written;
  const isHttp = HTTP_CHECK_KEYS.some((key) => file[key] !== undefined);
  return {
    type: isHttp ? 'http' : 'tcp',
    path: DEFAULTS.healthPath,
    method: DEFAULTS.healthMethod,
    headers: {},
    ...file,
    expect: statusSet(file.expect ?? DEFAULTS.healthExpect),
  };
}

function withStatuses<T extends { readonly statuses?: StatusList }>(
  written: T,
  standard: StatusList,
): Omit<T, 'statuses'> & { readonly statuses: ReadonlySet<number> } {
  return { ...written, statuses: statusSet(written.statuses ?? standard) };
}
