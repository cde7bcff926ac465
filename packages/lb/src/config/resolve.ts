/**
 * From what the user wrote to what the program runs on: defaults are filled in, names are looked up,
 * and what only makes sense together is checked together. The defaults of the data plane are in
 * http1/settings.ts, those of health, retries and queues in core's policies.
 */

import {
  type ConfigFile,
  formatAddress,
  type GroupFile,
  isLoopback,
  joined,
  normalizedOff,
  parseListenAddress,
  told,
} from '@evenkeel/config';
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS, DEFAULT_UPGRADES } from '../http1/settings.ts';
import { UNIX_PEER } from '../listener/peer-address.ts';
import { ConfigError } from './error.ts';
import { Findings } from './findings.ts';
import type { WrongPart } from './layers.ts';
import { checkLoops, overlaps, resolveListeners, tcpServices } from './listeners.ts';
import { networksAt } from './operations.ts';
import { inConfig, type Label } from './parse.ts';
import { resolveRoutes } from './routes.ts';
import { resolveServices } from './service.ts';
import { findStrategy, type StrategyTable } from './strategy.ts';
import type { AdminConfig, Config, ListenerConfig, StrategyConfig } from './types.ts';

export { defaultStrategy, resolveBackend } from './service.ts';
export type { StrategyTable } from './strategy.ts';

const DEFAULTS = {
  adminHost: '127.0.0.1',
  drainMs: 30_000,
  shutdownDelayMs: 0,
  logLevel: 'info',
  logFormat: 'json',
} as const;

/** A configuration, complete, and what about it is hardly meant. */
export interface Resolved {
  readonly config: Config;
  /** One line each. */
  readonly warnings: readonly string[];
}

/**
 * Completes a configuration.
 * @throws {ConfigError} about all that does not fit
 */
export function resolveConfig(file: ConfigFile, strategies: StrategyTable): Config {
  return resolveWithWarnings(file, strategies).config;
}

/**
 * As `resolveConfig`, with warnings.
 * @param label what the user calls the values
 * @param wrong what is wrong with the file's own values, to be told too
 */
export function resolveWithWarnings(
  file: ConfigFile,
  strategies: StrategyTable,
  label: Label = inConfig,
  wrong?: WrongPart,
): Resolved {
  const findings = new Findings(label, wrong);
  const { timeouts = {}, limits = {}, log = {} } = file;
  const { upgrades = DEFAULT_UPGRADES } = file;
  const accessLog = resolveAccessLog(file.accessLog);
  const listeners = resolveListeners(file, findings);
  const tcp = tcpServices(file, findings);
  const services = resolveServices(file, tcp, strategies, findings);
  checkLoops(listeners, services, file, findings);
  const admin = resolveAdmin(file.admin, listeners, findings);
  const isHttp = listeners.some(({ mode }) => mode === 'http');
  const config: Config = {
    listeners,
    services,
    routes: resolveRoutes(file, services, tcp, isHttp, findings),
    timeouts: {
      drainMs: DEFAULTS.drainMs,
      shutdownDelayMs: DEFAULTS.shutdownDelayMs,
      ...DEFAULT_TIMEOUTS,
      ...timeouts,
    },
    limits: { ...DEFAULT_LIMITS, ...limits },
    forwarding: resolveForwarding(file.forwarding, findings),
    upgrades: upgrades.map((name) => name.toLowerCase()),
    ...(admin === undefined ? {} : { admin }),
    ...(accessLog === undefined ? {} : { accessLog }),
    log: { level: log.level ?? DEFAULTS.logLevel, format: log.format ?? DEFAULTS.logFormat },
  };
  findings.throwIfAny();
  return { config: deepFreeze(config), warnings: findings.warnings };
}

/**
 * A strategy by itself, as the admin API is given one.
 * @param field what the user calls it
 * @throws {ConfigError} listing the names there are, or telling which option is wrong
 */
export function resolveStrategy(
  written: NonNullable<GroupFile['strategy']>,
  strategies: StrategyTable,
  field = 'strategy',
): StrategyConfig {
  const found = findStrategy(written, strategies);
  if (!('message' in found)) return found;
  throw new ConfigError(told(found, joined([field, ...found.path])));
}

function resolveAccessLog(
  written: ConfigFile['accessLog'] = 'off',
): Config['accessLog'] | undefined {
  if (written === 'off') return undefined;
  const given = typeof written === 'string' ? { file: written } : written;
  return { file: '-', format: 'json', sample: 1, ...given };
}

function resolveAdmin(
  admin: ConfigFile['admin'] = 'off',
  listeners: readonly ListenerConfig[],
  findings: Findings,
): AdminConfig | undefined {
  // A token alone, from the environment, is a secret that nothing asks for yet.
  if (admin === 'off' || admin.listen === undefined) return undefined;
  const { listen, token } = admin;
  if (normalizedOff(listen) === 'off') return undefined;
  const address = parseListenAddress(listen, DEFAULTS.adminHost);
  if (address === undefined) {
    findings.wrong(['admin', 'listen'], 'must be [HOST:]PORT', listen);
    return undefined;
  }
  const twin = listeners.find(({ at }) => overlaps(at, address));
  if (twin !== undefined) {
    const expected = `must not be where clients connect, which is ${formatAddress(twin.at)}`;
    findings.wrong(['admin', 'listen'], expected, listen);
  }
  if (token === undefined && !isLoopback(address.host)) {
    const message = `must be set where the admin API listens on ${listen}, which is no loopback address`;
    findings.problem({ path: ['admin', 'token'], message });
  }
  return token === undefined ? address : { ...address, token };
}

function resolveForwarding(
  { trustedProxies, requestTrailers = [], ...rest }: NonNullable<ConfigFile['forwarding']> = {},
  findings: Findings,
): Config['forwarding'] {
  const path = ['forwarding', 'trustedProxies'];
  return {
    hostHeader: 'client',
    proxyAuthorization: false,
    proxyStatus: false,
    ...rest,
    requestTrailers: requestTrailers.map((name) => name.toLowerCase()),
    trustsUnix: trustedProxies?.some(isUnix) === true,
    ...(trustedProxies === undefined
      ? {}
      : {
          trustedProxies: networksAt(
            path,
            trustedProxies.filter((one) => !isUnix(one)),
            findings,
          ),
        }),
  };
}

/** The word for peers at Unix sockets, which have no address. */
function isUnix(network: string): boolean {
  return network.toLowerCase() === UNIX_PEER;
}

/** Freezes plain objects and arrays all the way down; instances of classes stay as they are. */
function deepFreeze<T>(value: T): T {
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value ?? 0) === Object.prototype;
  if (isPlain) for (const inner of Object.values(value as object)) deepFreeze(inner);
  return isPlain ? Object.freeze(value) : value;
}
