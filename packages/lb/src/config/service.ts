/** The services of a configuration: their backends, strategies and policies, complete. */

import {
  type Address,
  type BackendFile,
  backendUrlOf,
  type ConfigFile,
  formatAddress,
  type GroupFile,
  joined,
  type Mode,
  operationKeys,
  parseBackendUrl,
  resolvePolicies,
  told,
  wrong,
} from '@evenkeel/config';
import { policyContradictions, policyWarnings } from './contradictions.ts';
import { resolveDiscovery } from './discovery.ts';
import { ConfigError } from './error.ts';
import type { Findings } from './findings.ts';
import { placeOf, type ServicePlace } from './place.ts';
import { findStrategy, type StrategyTable, tcpKeyProblem } from './strategy.ts';
import type { Backend, ServiceConfig, StrategyConfig } from './types.ts';

/** The name of the one service of a configuration without `services`. */
export const DEFAULT_SERVICE = 'default';
const DEFAULT_STRATEGY = 'round-robin';
/** Used where no strategy is named and the backends have weights. */
const DEFAULT_WEIGHTED = 'weighted-round-robin';

/** Strategies that ignore weights, each with the one that uses them. */
const WEIGHTED_TWINS: Readonly<Record<string, string>> = {
  'round-robin': 'weighted-round-robin',
  random: 'weighted-random',
};

/**
 * All services whose parts are in order.
 * @param tcp the names of those in mode tcp
 */
export function resolveServices(
  file: ConfigFile,
  tcp: ReadonlySet<string>,
  strategies: StrategyTable,
  findings: Findings,
): ServiceConfig[] {
  const surroundings = { tcp, strategies, findings, placeById: new Map<string, string>() };
  if (file.services === undefined) {
    const place = { own: [], group: file, shared: {} };
    return present([resolveService(DEFAULT_SERVICE, place, surroundings)]);
  }
  for (const key of ['backends', 'discovery'] as const) {
    if (file[key] === undefined) continue;
    const message = 'must be left out where services are given: each service has its own';
    findings.problem({ path: [key], message });
  }
  const entries = Object.entries(file.services);
  if (entries.length === 0) {
    findings.problem({ path: ['services'], message: 'must name at least one' });
  }
  const { backends: _, discovery: __, ...shared } = file;
  return present(
    entries.map(([name, group]) => {
      const { timeouts, limits } = group;
      const place = { own: ['services', name], group, shared };
      const service = resolveService(name, place, surroundings);
      return service && { ...service, ...(timeouts && { timeouts }), ...(limits && { limits }) };
    }),
  );
}

interface Surroundings {
  readonly tcp: ReadonlySet<string>;
  readonly strategies: StrategyTable;
  readonly findings: Findings;
  /** Where each id was met: they are unique over all services. */
  readonly placeById: Map<string, string>;
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}

function resolveService(
  name: string,
  place: ServicePlace,
  surroundings: Surroundings,
): ServiceConfig | undefined {
  const { strategies, findings } = surroundings;
  const mode: Mode = surroundings.tcp.has(name) ? 'tcp' : 'http';
  const group: GroupFile = { ...place.shared, ...place.group };
  const backends = resolveBackends(group, mode, place, findings);
  const discovery = resolveDiscovery(group, mode, place, findings);
  if (backends.length === 0 && group.discovery === undefined) {
    const path = [...place.own, 'backends'];
    const message = 'must name at least one backend, e.g. --backends http://127.0.0.1:9001';
    findings.problem({ path, message });
  }
  policyContradictions(group, place, findings);
  policyWarnings(group, place, findings);
  const strategy = resolveGroupStrategy(group, place, backends, strategies, findings);
  if (mode === 'tcp') checkTcp(strategy, group, place, findings);
  checkIds(backends, place, surroundings);
  const { sendProxyProtocol = 'off' } = group;
  return (
    strategy && {
      name,
      mode,
      ...(sendProxyProtocol === 'off' ? {} : { sendProxyProtocol }),
      strategy,
      backends,
      discovery,
      ...resolvePolicies(group),
    }
  );
}

/** The backends of a group; one whose URL is for another mode is told, and is there all the same. */
function resolveBackends(
  group: GroupFile,
  mode: Mode,
  { own }: ServicePlace,
  findings: Findings,
): Backend[] {
  return (group.backends ?? []).map((written, index) => {
    const { url } = fileOf(written);
    const expected = modeProblem(url, mode);
    const place = typeof written === 'string' ? [] : ['url'];
    if (expected !== undefined)
      findings.wrong([...own, 'backends', index, ...place], expected, url);
    return completed(fileOf(written), mode);
  });
}

/** What asks for more of a client than its address has nothing to ask in mode tcp. */
function checkTcp(
  strategy: StrategyConfig | undefined,
  group: GroupFile,
  place: ServicePlace,
  findings: Findings,
): void {
  for (const key of Object.keys(operationKeys) as (keyof typeof operationKeys)[]) {
    if (group[key] === undefined) continue;
    const message = 'must be left out in tcp mode, which looks at no requests';
    findings.problem({ path: placeOf(place, key), message });
  }
  const problem = strategy && tcpKeyProblem(strategy);
  if (problem === undefined) return;
  const path = placeOf(place, 'strategy');
  findings.problem({ ...problem, path: [...path, ...problem.path] });
}

function resolveGroupStrategy(
  group: GroupFile,
  place: ServicePlace,
  backends: readonly Backend[],
  strategies: StrategyTable,
  findings: Findings,
): StrategyConfig | undefined {
  if (group.strategy === undefined) return defaultStrategy(backends, strategies);
  const found = findStrategy(group.strategy, strategies);
  const path = placeOf(place, 'strategy');
  if ('message' in found) {
    findings.problem({ ...found, path: [...path, ...found.path] });
    return undefined;
  }
  const weighted = WEIGHTED_TWINS[found.name];
  if (weighted !== undefined && new Set(backends.map(({ weight }) => weight)).size > 1) {
    findings.warn(path, `is ${found.name}, which ignores weights; ${weighted} heeds them`);
  }
  return found;
}

/** The strategy where none is named: weights count. */
export function defaultStrategy(
  backends: readonly { readonly weight: number }[],
  strategies: StrategyTable,
): StrategyConfig {
  const hasWeights = backends.some(({ weight }) => weight !== 1);
  const found = findStrategy(hasWeights ? DEFAULT_WEIGHTED : DEFAULT_STRATEGY, strategies);
  if ('message' in found) throw new Error(found.message);
  return { ...found, isDefault: true };
}

/** Ids name backends in metrics and in the admin API, whatever their service. */
function checkIds(
  backends: readonly Backend[],
  { own }: ServicePlace,
  { findings, placeById }: Surroundings,
): void {
  for (const [index, { id }] of backends.entries()) {
    const path = [...own, 'backends', index];
    const first = placeById.get(id);
    if (first === undefined) placeById.set(id, joined(path));
    else findings.wrong([...path, 'id'], `must be unique: ${first} has it`, id);
  }
}

/**
 * A backend by itself, as the admin API and discovery bring one.
 * @throws {ConfigError} if its URL is for another mode
 */
export function resolveBackend(written: BackendFile | string, mode: Mode): Backend {
  const file = fileOf(written);
  const expected = modeProblem(file.url, mode);
  if (expected === undefined) return completed(file, mode);
  throw new ConfigError(told(wrong([], expected, file.url), 'url'));
}

/** What a URL must be in place of one that is for another mode; undefined: it is for this one. */
function modeProblem(url: string, mode: Mode): string | undefined {
  const { mode: own = mode } = addressOf(url);
  if (own === mode) return undefined;
  return mode === 'tcp'
    ? 'must be tcp://host:port, host:port or unix:/path in tcp mode'
    : 'must be http://host:port or unix:/path in http mode';
}

function fileOf(written: BackendFile | string): BackendFile {
  return typeof written === 'string' ? { url: written } : written;
}

function addressOf(url: string): Address & { readonly mode?: Mode } {
  const address = parseBackendUrl(url);
  if ('port' in address) return address;
  throw new Error(`not the URL of a backend: ${url}`);
}

function completed(file: BackendFile, mode: Mode): Backend {
  const { mode: _, ...address } = addressOf(file.url);
  return {
    ...address,
    id: file.id ?? idOf(address),
    url: backendUrlOf(address, mode),
    weight: file.weight ?? 1,
    backup: file.backup ?? false,
    maxConnections: file.maxConnections ?? 0,
    priority: file.priority ?? 0,
  };
}

/** Ids stand in paths of the admin API, so that the path of a socket cannot be one as it is. */
function idOf(address: Address): string {
  const text = formatAddress(address);
  return address.unix === undefined ? text : text.replace('/', '').replace(/[^\w.:-]/g, '-');
}
