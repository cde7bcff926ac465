/**
 * From what the user wrote to what the program runs on: defaults are filled in, names are looked up,
 * and what only makes sense together is checked together. The defaults of the data plane are in
 * http1/settings.ts, those of health, retries and queues in core's policies.
 */

import { BlockList, isIP } from 'node:net';
import {
  type BackendFile,
  type ConfigFile,
  formatAddress,
  type GroupFile,
  isLoopback,
  parseBackendUrl,
  parseListenAddress,
  type Route,
  resolvePolicies,
  type StrategyFile,
  shown,
} from '@evenkeel/config';
import { OptionError, type StrategyEntry, suggest } from '@evenkeel/core';
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS, DEFAULT_UPGRADES } from '../http1/settings.ts';
import { ConfigError } from './error.ts';
import type {
  AdminConfig,
  AffinityConfig,
  Backend,
  Config,
  ServiceConfig,
  StrategyConfig,
} from './types.ts';

/** The strategies that a configuration may name. */
export type StrategyTable = ReadonlyMap<string, StrategyEntry>;

const DEFAULTS = {
  host: '127.0.0.1',
  port: 3030,
  strategy: 'round-robin',
  /** The name of the one service of a configuration without `services`. */
  service: 'default',
  affinityCookie: 'evenkeel',
  drainMs: 30_000,
  shutdownDelayMs: 0,
  logLevel: 'info',
  logFormat: 'json',
} as const;

/** The strategy whose sessions a cookie binds. */
const STICKY = 'sticky';

/**
 * Completes a configuration.
 * @throws {ConfigError} about the first thing that does not fit
 */
export function resolveConfig(file: ConfigFile, strategies: StrategyTable): Config {
  if (file.mode === 'tcp') {
    throw new ConfigError('config: mode must be http, got "tcp": layer 4 is not available yet');
  }
  const { listen = {}, timeouts = {}, limits = {}, forwarding = {}, log = {} } = file;
  const { trustedProxies, requestTrailers = [], ...forwardingRest } = forwarding;
  const { upgrades = DEFAULT_UPGRADES, admin = 'off', accessLog = 'off' } = file;
  const services = resolveServices(file, strategies);
  checkIds(services, file.services !== undefined);
  return deepFreeze({
    listen: { host: listen.host ?? DEFAULTS.host, port: listen.port ?? DEFAULTS.port },
    services,
    routes: resolveRoutes(file, services),
    timeouts: {
      drainMs: DEFAULTS.drainMs,
      shutdownDelayMs: DEFAULTS.shutdownDelayMs,
      ...DEFAULT_TIMEOUTS,
      ...timeouts,
    },
    limits: { ...DEFAULT_LIMITS, ...limits },
    forwarding: {
      hostHeader: 'client',
      proxyAuthorization: false,
      ...forwardingRest,
      requestTrailers: requestTrailers.map((name) => name.toLowerCase()),
      ...(trustedProxies === undefined ? {} : { trustedProxies: blockList(trustedProxies) }),
    },
    upgrades: upgrades.map((name) => name.toLowerCase()),
    ...(admin === 'off' || admin.listen === undefined ? {} : { admin: resolveAdmin(admin) }),
    ...(accessLog === 'off' ? {} : { accessLog }),
    log: { level: log.level ?? DEFAULTS.logLevel, format: log.format ?? DEFAULTS.logFormat },
  });
}

function resolveServices(file: ConfigFile, strategies: StrategyTable): ServiceConfig[] {
  if (file.services === undefined) {
    return [resolveService(DEFAULTS.service, file, strategies, 'backends')];
  }
  if (file.backends !== undefined) {
    throw new ConfigError('config: backends must be left out where services are given');
  }
  const { backends: _, ...shared } = file;
  const services = Object.entries(file.services).map(([name, group]) => {
    const where = `services.${name}.backends`;
    return resolveService(name, { ...shared, ...group }, strategies, where);
  });
  if (services.length === 0) throw new ConfigError('config: services must name at least one');
  return services;
}

function resolveService(
  name: string,
  group: GroupFile,
  strategies: StrategyTable,
  where: string,
): ServiceConfig {
  return {
    name,
    strategy: resolveStrategy(group.strategy ?? DEFAULTS.strategy, strategies),
    backends: resolveBackends(group.backends ?? [], where),
    ...resolvePolicies(group),
  };
}

/**
 * @param field what the user calls it
 * @throws {ConfigError} listing the names there are, or telling which option is wrong
 */
export function resolveStrategy(
  written: NonNullable<GroupFile['strategy']>,
  strategies: StrategyTable,
  field = 'config: strategy',
): StrategyConfig {
  const file: StrategyFile = typeof written === 'string' ? { name: written } : written;
  const { name, options } = file;
  const entry = strategies.get(name);
  if (entry === undefined) {
    const names = [...strategies.keys()];
    const meant = suggest(name, names);
    const hint = meant === undefined ? '' : ` (did you mean ${shown(meant)}?)`;
    throw new ConfigError(`${field} must be one of ${names.join(', ')}, got ${shown(name)}${hint}`);
  }
  const binding = name === STICKY ? resolveAffinity(file, field) : resolveKey(file, entry, field);
  try {
    return {
      name,
      create: entry.create(options),
      ...(options === undefined ? {} : { options }),
      ...binding,
    };
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new ConfigError(`${field}: ${error.message}`);
  }
}

function resolveKey(
  { name, key, secret }: StrategyFile,
  entry: StrategyEntry,
  field: string,
): Pick<StrategyConfig, 'key'> {
  if (key !== undefined && entry.key === undefined) {
    throw new ConfigError(`${field} ${name} has no key, got key ${shown(key)}`);
  }
  if (secret !== undefined) {
    throw new ConfigError(`${field}.secret must be left out: only sticky has one, ${name} has not`);
  }
  const source = key ?? entry.key;
  return source === undefined ? {} : { key: source };
}

function resolveAffinity(
  { key = { cookie: DEFAULTS.affinityCookie }, secret }: StrategyFile,
  field: string,
): { affinity: AffinityConfig } {
  if (typeof key === 'string' || !('cookie' in key)) {
    throw new ConfigError(`${field}.key must be { cookie: NAME } for sticky, got ${shown(key)}`);
  }
  return { affinity: secret === undefined ? key : { ...key, secret } };
}

function resolveBackends(files: readonly (BackendFile | string)[], where: string): Backend[] {
  if (files.length > 0) return files.map(resolveBackend);
  throw new ConfigError(
    `config: ${where} must name at least one backend, e.g. --backends http://127.0.0.1:9001`,
  );
}

/** Ids name backends in metrics and in the admin API, whatever their service. */
function checkIds(services: readonly ServiceConfig[], isGrouped: boolean): void {
  const placeById = new Map<string, string>();
  for (const { name, backends } of services) {
    for (const [index, { id }] of backends.entries()) {
      const place = isGrouped ? `services.${name}.backends[${index}]` : `backends[${index}]`;
      const first = placeById.get(id);
      if (first !== undefined) {
        throw new ConfigError(
          `config: ${place}.id must be unique, got ${shown(id)} as in ${first}`,
        );
      }
      placeById.set(id, place);
    }
  }
}

/** A backend whose URL has been checked. */
export function resolveBackend(written: BackendFile | string): Backend {
  const file: BackendFile = typeof written === 'string' ? { url: written } : written;
  const address = parseBackendUrl(file.url);
  if (!('port' in address)) throw new ConfigError(`url must be http://host:port, got ${file.url}`);
  return {
    ...address,
    id: file.id ?? formatAddress(address),
    url: `http://${formatAddress(address)}`,
    weight: file.weight ?? 1,
    backup: file.backup ?? false,
    maxConnections: file.maxConnections ?? 0,
    priority: file.priority ?? 0,
  };
}

function resolveRoutes(file: ConfigFile, services: readonly ServiceConfig[]): readonly Route[] {
  const { routes } = file;
  const names = services.map((service) => service.name);
  if (routes === undefined || routes.length === 0) {
    const [only] = names;
    if (only !== undefined && names.length === 1) return [{ service: only }];
    throw new ConfigError('config: routes must say which service takes which requests');
  }
  for (const [index, { service }] of routes.entries()) {
    if (names.includes(service)) continue;
    throw new ConfigError(
      `config: routes[${index}].service must be one of ${names.join(', ')}, got ${shown(service)}`,
    );
  }
  return routes;
}

function resolveAdmin(admin: Exclude<NonNullable<ConfigFile['admin']>, 'off'>): AdminConfig {
  const { listen = '', token } = admin;
  const address = parseListenAddress(listen, DEFAULTS.host);
  if (address === undefined) {
    throw new ConfigError(`config: admin.listen must be [HOST:]PORT, got ${shown(listen)}`);
  }
  if (token === undefined && !isLoopback(address.host)) {
    throw new ConfigError(
      `config: admin.token must be set where admin.listen is not a loopback address, got ${shown(listen)}`,
    );
  }
  return token === undefined ? address : { ...address, token };
}

function blockList(networks: readonly string[]): BlockList {
  const result = new BlockList();
  for (const [index, network] of networks.entries()) {
    const [address = '', bits] = network.split('/');
    const version = isIP(address);
    const most = version === 4 ? 32 : 128;
    if (version === 0 || Number(bits ?? 0) > most) {
      throw new ConfigError(
        `config: forwarding.trustedProxies[${index}] must be an address or a network such as 10.0.0.0/8, got ${shown(network)}`,
      );
    }
    result.addSubnet(address, Number(bits ?? most), version === 4 ? 'ipv4' : 'ipv6');
  }
  return result;
}

/** Freezes plain objects and arrays all the way down; instances of classes stay as they are. */
function deepFreeze<T>(value: T): T {
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value ?? 0) === Object.prototype;
  if (isPlain) for (const inner of Object.values(value as object)) deepFreeze(inner);
  return isPlain ? Object.freeze(value) : value;
}
