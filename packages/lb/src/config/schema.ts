/**
 * The schema of a configuration file. It checks the form of each value and knows no defaults: those
 * are in resolve.ts, because a value left out must be seen to be left out while flags, file and
 * environment are laid over each other.
 */

import { z } from 'zod';
import {
  backendUrl,
  decimal,
  flag,
  integer,
  list,
  mapping,
  milliseconds,
  name,
  named,
  octets,
  oneOf,
  text,
} from './fields.ts';
import {
  type BackendFile,
  type BackendPatch,
  type ConfigFile,
  type ForService,
  LOG_FORMATS,
  LOG_LEVELS,
  type StrategyFile,
} from './types.ts';

const optional = z.exactOptional;

const headerName = text(/^[!#$%&'*+.^_`|~\w-]{1,128}$/, 'a header or cookie name');
const nonEmpty = (what: string): z.ZodString => text(/^[^\0]{1,4096}$/, what);
const anyCount = (): z.ZodInt => integer(0, 1_000_000);
const percent = (): z.ZodNumber => decimal(0, 100);

const KEY_EXPECTED = 'must be ip, { header: NAME } or { cookie: NAME }';
const keySource = z.union(
  [z.literal('ip'), z.strictObject({ header: headerName }), z.strictObject({ cookie: headerName })],
  { error: KEY_EXPECTED },
);

const backend = {
  url: backendUrl(),
  id: optional(name()),
  weight: optional(decimal(0.001, 1_000_000)),
  backup: optional(flag()),
  maxConnections: optional(anyCount()),
  priority: optional(integer(0, 100)),
};

const strategy = {
  name: name(),
  key: optional(keySource),
  secret: optional(text(/^[^\0\r\n]{16,1024}$/, '16 to 1024 characters')),
  options: optional(named(z.unknown())),
};

const health = mapping({
  type: optional(oneOf(['tcp', 'http', 'off'])),
  path: optional(text(/^\/[\x21-\x7e]{0,2047}$/, 'a path that starts with /')),
  body: optional(nonEmpty('the text that the answer must contain')),
  intervalMs: optional(milliseconds()),
  fastIntervalMs: optional(milliseconds()),
  downIntervalMs: optional(milliseconds()),
  timeoutMs: optional(milliseconds()),
  rise: optional(integer(1, 1000)),
  fall: optional(integer(1, 1000)),
});

const passive = mapping({
  consecutiveFailures: optional(anyCount()),
  maxFails: optional(integer(1, 1_000_000)),
  failTimeoutMs: optional(milliseconds()),
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

const retries = mapping({
  tries: optional(integer(1, 100)),
  on: optional(list(oneOf(['connect', 'reset', 'timeout', 'status']))),
  backoffBaseMs: optional(milliseconds(0)),
  backoffMaxMs: optional(milliseconds(0)),
  budget: optional(
    mapping({
      ratio: optional(decimal(0, 100)),
      ttlMs: optional(milliseconds()),
      floorPerSecond: optional(decimal(0, 1_000_000)),
    }),
  ),
  classic: optional(flag()),
});

const slowStart = mapping({
  windowMs: optional(milliseconds()),
  aggression: optional(decimal(0.01, 100)),
  minFactor: optional(decimal(0.001, 1)),
});

/** What may be written short: `strategy: random`, `health: off`. */
function orOff<T extends z.ZodType>(long: T): z.ZodUnion<readonly [z.ZodLiteral<'off'>, T]> {
  return z.union([z.literal('off', { error: 'must be off or a mapping' }), long]);
}

const group = {
  strategy: optional(z.union([name(), mapping(strategy)])),
  backends: optional(list(mapping(backend))),
  health: optional(orOff(health)),
  passive: optional(orOff(passive)),
  retries: optional(orOff(retries)),
  slowStart: optional(slowStart),
  panicPercent: optional(percent()),
  queue: optional(mapping({ max: optional(anyCount()), timeoutMs: optional(milliseconds()) })),
};

const timeouts = mapping({
  connectMs: optional(milliseconds()),
  responseHeadMs: optional(milliseconds()),
  bodyIdleMs: optional(milliseconds()),
  clientHeadMs: optional(milliseconds()),
  clientKeepAliveMs: optional(milliseconds()),
  upstreamKeepAliveMs: optional(milliseconds()),
  tunnelIdleMs: optional(milliseconds()),
  totalMs: optional(milliseconds(0)),
  drainMs: optional(milliseconds(0)),
  shutdownDelayMs: optional(milliseconds(0)),
});

const limits = mapping({
  targetBytes: optional(octets(64, 1_048_576)),
  headBytes: optional(octets(256, 1_048_576)),
  fields: optional(integer(8, 10_000)),
  bodyBytes: optional(octets(0)),
  chunkExtensionBytes: optional(octets(0, 65_536)),
  trailerBytes: optional(octets(0, 1_048_576)),
  replayBytes: optional(octets(0, 16_777_216)),
  connections: optional(integer(1, 1_000_000)),
  idlePerEndpoint: optional(integer(0, 100_000)),
  requestsPerConnection: optional(integer(1, Number.MAX_SAFE_INTEGER)),
  connectionAgeMs: optional(milliseconds()),
});

const forwarding = mapping({
  via: optional(headerName),
  trustedProxies: optional(
    list(text(/^[\da-f:.]+(\/\d{1,3})?$/i, 'an address or a network such as 10.0.0.0/8')),
  ),
  hostHeader: optional(oneOf(['client', 'backend'])),
  proxyAuthorization: optional(flag()),
});

const route = mapping({
  host: optional(text(/^[^\s/?#@]{1,255}$/, 'a host name')),
  prefix: optional(text(/^\/[\x21-\x7e]{0,2047}$/, 'a path that starts with /')),
  service: name(),
});

/** The whole file. */
export const configFile: z.ZodType<ConfigFile> = mapping({
  listen: optional(
    mapping({ host: optional(nonEmpty('an address')), port: optional(integer(0, 65_535)) }),
  ),
  mode: optional(oneOf(['http', 'tcp'])),
  ...group,
  services: optional(named(mapping(group))),
  routes: optional(list(route)),
  timeouts: optional(timeouts),
  limits: optional(limits),
  forwarding: optional(forwarding),
  admin: optional(
    mapping({
      listen: optional(nonEmpty('[HOST:]PORT')),
      token: optional(text(/^[\x21-\x7e]{8,1024}$/, 'at least 8 visible characters')),
    }),
  ),
  accessLog: optional(nonEmpty('a file name, or - for standard output')),
  log: optional(
    mapping({ level: optional(oneOf(LOG_LEVELS)), format: optional(oneOf(LOG_FORMATS)) }),
  ),
});

/** Where there are several services, the admin API must be told which one is meant. */
const forService = { service: optional(name()) };

/** What the admin API takes for a new backend. */
export const newBackend: z.ZodType<BackendFile & ForService> = mapping({
  ...backend,
  ...forService,
});

/** What the admin API takes for another strategy. */
export const newStrategy: z.ZodType<StrategyFile & ForService> = mapping({
  ...strategy,
  ...forService,
});

/** What the admin API can change in a backend. */
export const backendPatch: z.ZodType<BackendPatch> = mapping({
  weight: optional(decimal(0.001, 1_000_000)),
  state: optional(oneOf(['ready', 'drain', 'maintenance'])),
});
