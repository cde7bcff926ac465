/** The services of a configuration: their backends, strategies and policies, complete. */

import {
  type BackendFile,
  type ConfigFile,
  formatAddress,
  type GroupFile,
  joined,
  parseBackendUrl,
  resolvePolicies,
} from '@evenkeel/config';
import { policyContradictions, policyWarnings } from './contradictions.ts';
import { resolveDiscovery } from './discovery.ts';
import type { Findings } from './findings.ts';
import { placeOf, type ServicePlace } from './place.ts';
import { findStrategy, type StrategyTable } from './strategy.ts';
import type { Backend, ServiceConfig, StrategyConfig } from './types.ts';

/** The name of the one service of a configuration without `services`. */
const DEFAULT_SERVICE = 'default';
const DEFAULT_STRATEGY = 'round-robin';
/** Used where no strategy is named and the backends have weights. */
const DEFAULT_WEIGHTED = 'weighted-round-robin';

/** Strategies that ignore weights, each with the one that uses them. */
const WEIGHTED_TWINS: Readonly<Record<string, string>> = {
  'round-robin': 'weighted-round-robin',
  random: 'weighted-random',
};

/** All services whose parts are in order. */
export function resolveServices(
  file: ConfigFile,
  strategies: StrategyTable,
  findings: Findings,
): ServiceConfig[] {
  const surroundings = { strategies, findings, placeById: new Map<string, string>() };
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
  const group: GroupFile = { ...place.shared, ...place.group };
  const backends = (group.backends ?? []).map(resolveBackend);
  const discovery = resolveDiscovery(group, place, findings);
  if (backends.length === 0 && group.discovery === undefined) {
    const path = [...place.own, 'backends'];
    const message = 'must name at least one backend, e.g. --backends http://127.0.0.1:9001';
    findings.problem({ path, message });
  }
  policyContradictions(group, place, findings);
  policyWarnings(group, place, findings);
  const strategy = resolveGroupStrategy(group, place, backends, strategies, findings);
  checkIds(backends, place, surroundings);
  return strategy && { name, strategy, backends, discovery, ...resolvePolicies(group) };
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

/** A backend whose URL has been checked. */
export function resolveBackend(written: BackendFile | string): Backend {
  const file: BackendFile = typeof written === 'string' ? { url: written } : written;
  const address = parseBackendUrl(file.url);
  if (!('port' in address)) throw new Error(`not the URL of a backend: ${file.url}`);
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
