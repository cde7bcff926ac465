/**
 * The schema of a configuration file, of a scenario's `lb:` and of what the admin API takes. It checks
 * the form of each value and knows no defaults: a value left out must be seen to be left out while
 * flags, file and environment are laid over each other.
 */

import { z } from 'zod';
import { discoveryKey } from './discovery.ts';
import {
  backendUrl,
  bytes,
  decimal,
  flag,
  integer,
  list,
  mapping,
  milliseconds,
  name,
  named,
  nonEmpty,
  normalizedOff,
  oneOf,
  orOff,
  path,
  secret,
  text,
  token,
} from './fields.ts';
import { policyKeys, strategyKeys } from './policies.ts';
import { mayBeTrailer } from './trailers.ts';
import {
  type BackendFile,
  type BackendPatch,
  type ConfigFile,
  type ForService,
  type GroupFile,
  LOG_FORMATS,
  LOG_LEVELS,
  type ScenarioLb,
  type StrategyFile,
} from './types.ts';

const optional = z.exactOptional;

const weight = decimal(0.001, 1_000_000);
const weightOr0Error = { error: 'must be 0 or a number from 0.001 to 1000000' };
const weightOr0 = z
  .number(weightOr0Error)
  .refine((value) => value === 0 || weight.safeParse(value).success, weightOr0Error);

const backend = {
  url: backendUrl(),
  id: optional(name()),
  weight: optional(weight),
  backup: optional(flag()),
  maxConnections: optional(integer(0, 1_000_000)),
  priority: optional(integer(0, 100)),
};

/** Backends as a list: in a configuration, and in a file that discovery watches. */
export const backendList: z.ZodType<readonly (BackendFile | string)[]> = list(
  z.union([backendUrl(), mapping(backend)]),
);

const group = {
  ...policyKeys,
  backends: optional(backendList),
  discovery: optional(discoveryKey),
};

const timeouts = mapping({
  connectMs: optional(milliseconds()),
  responseHeadMs: optional(milliseconds()),
  bodyIdleMs: optional(milliseconds()),
  clientHeadMs: optional(milliseconds()),
  clientKeepAliveMs: optional(milliseconds()),
  upstreamKeepAliveMs: optional(milliseconds()),
  tunnelIdleMs: optional(milliseconds()),
  halfClosedMs: optional(milliseconds()),
  totalMs: optional(milliseconds(0)),
  drainMs: optional(milliseconds(0)),
  shutdownDelayMs: optional(milliseconds(0)),
});

const limits = mapping({
  targetBytes: optional(bytes(64, 1_048_576)),
  headBytes: optional(bytes(256, 1_048_576)),
  fields: optional(integer(8, 10_000)),
  bodyBytes: optional(bytes(0)),
  chunkExtensionBytes: optional(bytes(0, 65_536)),
  trailerBytes: optional(bytes(0, 1_048_576)),
  replayBytes: optional(bytes(0, 16_777_216)),
  connections: optional(integer(1, 1_000_000)),
  connectionsPerAddress: optional(integer(0, 1_000_000)),
  minBytesPerSecond: optional(bytes(0, 1_000_000_000)),
  idlePerEndpoint: optional(integer(0, 100_000)),
  requestsPerConnection: optional(integer(1, Number.MAX_SAFE_INTEGER)),
  connectionAgeMs: optional(milliseconds()),
});

const TRAILER_EXPECTED =
  'must be a field that neither frames, routes, authenticates nor tells who forwarded';

const forwarding = mapping({
  via: optional(token('a token')),
  trustedProxies: optional(
    list(text(/^[\da-f:.]+(\/\d{1,3})?$/i, 'an address or a network such as 10.0.0.0/8')),
  ),
  hostHeader: optional(oneOf(['client', 'backend'])),
  proxyAuthorization: optional(flag()),
  requestTrailers: optional(
    list(token('the name of a field').refine(mayBeTrailer, { error: TRAILER_EXPECTED }), 0, 100),
  ),
});

/** HTTP/2 without TLS would leave every rule of HTTP/1 behind. */
const protocol = text(
  /^(?!(?:h2c?|http)(?:$|\/))[!#$%&'*+.^_`|~\w-]{1,64}(\/[!#$%&'*+.^_`|~\w-]{1,64})?$/i,
  'the name of a protocol such as websocket, never h2c',
);

const dataPlaneKeys = {
  timeouts: optional(timeouts),
  limits: optional(limits),
  forwarding: optional(forwarding),
  upgrades: optional(list(protocol, 0, 32)),
};

const HOST_EXPECTED = 'a host name such as api.example.org or *.example.org, without a port';

const route = mapping({
  host: optional(text(/^(\*\.)?[^\s/?#@*]{1,255}$/, HOST_EXPECTED)),
  prefix: optional(path()),
  service: name(),
});

const admin = mapping({
  listen: optional(nonEmpty('[HOST:]PORT')),
  token: optional(secret(/^[\x21-\x7e]{8,1024}$/, 'at least 8 visible characters')),
});

/** `true` is what the bare flag says: standard output. */
const accessLog = z.preprocess(
  (value) => (value === true || value === 'on' ? '-' : normalizedOff(value)),
  nonEmpty('a file name, - for standard output, or off'),
);

/** The whole file. */
export const configFile: z.ZodType<ConfigFile> = mapping({
  listen: optional(
    mapping({ host: optional(nonEmpty('an address')), port: optional(integer(0, 65_535)) }),
  ),
  mode: optional(oneOf(['http', 'tcp'])),
  ...group,
  services: optional(named(mapping(group) as z.ZodType<GroupFile>)),
  routes: optional(list(route)),
  ...dataPlaneKeys,
  admin: optional(orOff(admin)),
  accessLog: optional(accessLog),
  log: optional(
    mapping({ level: optional(oneOf(LOG_LEVELS)), format: optional(oneOf(LOG_FORMATS)) }),
  ),
});

/** The `lb:` block of a scenario. */
export const scenarioLb: z.ZodType<ScenarioLb> = mapping({ ...policyKeys, ...dataPlaneKeys });

/** Where there are several services, the admin API must be told which one is meant. */
const forService = { service: optional(name()) };

/** What the admin API takes for a new backend. */
export const newBackend: z.ZodType<BackendFile & ForService> = mapping({
  ...backend,
  ...forService,
});

/** What the admin API takes for another strategy. */
export const newStrategy: z.ZodType<StrategyFile & ForService> = mapping({
  ...strategyKeys,
  ...forService,
});

/** What the admin API can change in a backend. */
export const backendPatch: z.ZodType<BackendPatch> = mapping({
  weight: optional(weightOr0.nullable()),
  maxConnections: optional(integer(0, 1_000_000).nullable()),
  priority: optional(integer(0, 100).nullable()),
  state: optional(oneOf(['ready', 'drain', 'maintenance']).nullable()),
});
