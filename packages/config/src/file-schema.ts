/**
 * The schema of a configuration file, of a scenario's `lb:` and of what the admin API takes. It checks
 * the form of each value and knows no defaults: a value left out must be seen to be left out while
 * flags, file and environment are laid over each other.
 */

import { z } from 'zod';
import { accessLog } from './access-log.ts';
import { MODES } from './address.ts';
import { backendSettings, weight } from './backend-settings.ts';
import { discoveryKey } from './discovery.ts';
import {
  backendUrl,
  flag,
  integer,
  list,
  mapping,
  name,
  named,
  nonEmpty,
  oneOf,
  orOff,
  path,
  secret,
  text,
  token,
} from './fields.ts';
import { listenersKey, listenKey } from './listeners.ts';
import { operationKeys, routeOperationKeys } from './operations.ts';
import { policyKeys, strategyKeys } from './policies.ts';
import { limits, serviceLimits, serviceTimeouts, timeouts } from './timeouts-limits.ts';
import { mayBeTrailer } from './trailers.ts';
import {
  type BackendFile,
  type BackendPatch,
  type ConfigFile,
  type ForService,
  LOG_FORMATS,
  LOG_LEVELS,
  type ScenarioLb,
  type ServiceFile,
  type StrategyFile,
} from './types.ts';

const optional = z.exactOptional;

const weightOr0Error = { error: 'must be 0 or a number from 0.001 to 1000000' };
const weightOr0 = z
  .number(weightOr0Error)
  .refine((value) => value === 0 || weight.safeParse(value).success, weightOr0Error);

const backend = {
  url: backendUrl(),
  id: optional(name()),
  ...backendSettings,
};

/** Backends as a list: in a configuration, and in a file that discovery watches. */
export const backendList: z.ZodType<readonly (BackendFile | string)[]> = list(
  z.union([backendUrl(), mapping(backend)]),
);

/** `v1` or `v2`, or any word that means off. */
const sendProxyProtocol = orOff(oneOf(['v1', 'v2']), 'v1 or v2');

const group = {
  ...policyKeys,
  ...operationKeys,
  sendProxyProtocol: optional(sendProxyProtocol),
  backends: optional(backendList),
  discovery: optional(discoveryKey),
};

const TRAILER_EXPECTED =
  'must be a field that neither frames, routes, authenticates nor tells who forwarded';

const proxies = list(
  text(
    /^(?:[\da-f:.]+(\/\d{1,3})?|unix:)$/i,
    'an address, a network such as 10.0.0.0/8, or unix: for peers at Unix sockets',
  ),
);

const forwarding = mapping({
  via: optional(token('a token')),
  trustedProxies: optional(proxies),
  hostHeader: optional(oneOf(['client', 'backend'])),
  proxyAuthorization: optional(flag()),
  proxyStatus: optional(flag()),
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
  service: optional(name()),
  ...routeOperationKeys,
});

const service: z.ZodType<ServiceFile> = mapping({
  ...group,
  timeouts: optional(serviceTimeouts),
  limits: optional(serviceLimits),
}) as z.ZodType<ServiceFile>;

const admin = mapping({
  listen: optional(nonEmpty('[HOST:]PORT')),
  token: optional(secret(/^[\x21-\x7e]{8,1024}$/, 'at least 8 visible characters')),
});

/** The whole file. */
export const configFile: z.ZodType<ConfigFile> = mapping({
  listen: optional(listenKey),
  mode: optional(oneOf(MODES)),
  listeners: optional(listenersKey),
  ...group,
  services: optional(named(service)),
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
