/** Backends in the DNS: every address of a name at one port, or the hosts and ports of SRV records. */

import { type BackendSettings, backendUrlOf, type Mode } from '@evenkeel/config';
import { resolveBackend } from '../../config/resolve.ts';
import type { Backend } from '../../config/types.ts';
import { DiscoveryError, type Finder, type Found } from '../finder.ts';
import type { SrvData } from './message.ts';
import { type LookedUp, partial, type Resolver, worse } from './resolver.ts';

/** `dns://name:port`: each address is a backend. */
export function addressFinder(
  name: string,
  port: number,
  resolver: Resolver,
  mode: Mode = 'http',
  settings: BackendSettings = {},
): Finder {
  return {
    async find(signal: AbortSignal): Promise<Found> {
      const { records, ...rest } = await resolver.addresses(name, signal);
      const backends = records.map((host) => backendAt(host, port, mode, settings));
      return { ...rest, backends: inOrder(backends) };
    },
  };
}

/** Targets of one name; more are an attack or a mistake. */
const TARGETS_MAX = 1000;
const LOOKUPS_AT_ONCE = 16;
/** Priorities in a configuration end there. */
const LEVEL_MAX = 100;
/** The smallest weight there is: RFC 2782 gives a record of weight 0 a very small chance. */
const WEIGHT_MIN = 0.001;

/** `dns+srv://name`: each address of each target is a backend; the lowest priority is the first level. */
export function serviceFinder(
  name: string,
  resolver: Resolver,
  mode: Mode = 'http',
  settings: BackendSettings = {},
): Finder {
  return {
    async find(signal: AbortSignal): Promise<Found> {
      const { records, ttlMs } = await resolver.services(name, signal);
      if (records.length > TARGETS_MAX) {
        throw new DiscoveryError(
          'malformed',
          `${name} has ${records.length} SRV records, more than ${TARGETS_MAX}`,
        );
      }
      const hosts = [...new Set(records.map(({ target }) => target.toLowerCase()))];
      const lookups = await addressesOfAll(hosts, resolver, signal);
      const failure = [...lookups.values()]
        .map((found) => (found instanceof DiscoveryError ? found : found.missing))
        .reduce<DiscoveryError | undefined>((one, other) => other && worse(one, other), undefined);
      const ttls = [...lookups.values()].map((found) =>
        'ttlMs' in found ? found.ttlMs : Number.POSITIVE_INFINITY,
      );
      const backends = inOrder(backendsOf(records, lookups, mode, settings));
      if (backends.length === 0)
        throw failure ?? new DiscoveryError('empty', `${name} has no targets`);
      const found = { backends, ttlMs: Math.min(ttlMs, ...ttls) };
      return failure === undefined ? found : { ...found, missing: partial(failure) };
    },
  };
}

type Lookups = ReadonlyMap<string, LookedUp<string> | DiscoveryError>;

/** Looks up some at a time. A target is complete, whatever the search list says. */
async function addressesOfAll(
  hosts: readonly string[],
  resolver: Resolver,
  signal: AbortSignal,
): Promise<Lookups> {
  const found = new Map<string, LookedUp<string> | DiscoveryError>();
  const waiting = hosts.values();
  const worker = async (): Promise<void> => {
    for (const host of waiting) {
      try {
        found.set(host, await resolver.addresses(`${host.replace(/\.$/, '')}.`, signal));
      } catch (error) {
        if (!(error instanceof DiscoveryError)) throw error;
        found.set(host, error);
      }
    }
  };
  await Promise.all(Array.from({ length: LOOKUPS_AT_ONCE }, worker));
  return found;
}

function backendsOf(
  records: readonly SrvData[],
  lookups: Lookups,
  mode: Mode,
  settings: BackendSettings,
): Backend[] {
  const levels = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b);
  // Where all weights are 0 none is preferred.
  const isWeighted = records.some(({ weight }) => weight > 0);
  return records.flatMap((record) => {
    const found = lookups.get(record.target.toLowerCase());
    if (found === undefined || found instanceof DiscoveryError) return [];
    const priority = Math.min(levels.indexOf(record.priority), LEVEL_MAX);
    // A target's weight is that of all its addresses together.
    const share = (isWeighted ? record.weight : 1) / found.records.length;
    const weight = Math.max(share, WEIGHT_MIN);
    const own = { ...settings, weight, priority };
    return found.records.map((host) => backendAt(host, record.port, mode, own));
  });
}

function backendAt(host: string, port: number, mode: Mode, settings: BackendSettings): Backend {
  return resolveBackend({ ...settings, url: backendUrlOf({ host, port }, mode) }, mode);
}

/** Servers rotate their answers: the order must say nothing. An address that is named twice counts once. */
function inOrder(backends: readonly Backend[]): Backend[] {
  const byId = new Map<string, Backend>();
  for (const backend of backends) if (!byId.has(backend.id)) byId.set(backend.id, backend);
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
