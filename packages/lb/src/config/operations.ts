/**
 * The operations of each route, complete: its own keys, then those of its service, then those of the top
 * level. The nearest level that gives a key has the say; fields add up, and the nearest has the last word on each.
 */

import type { BlockList } from 'node:net';
import {
  type ConfigFile,
  foldedName,
  type OperationsFile,
  type Path,
  parseRate,
  type RateLimitFile,
} from '@evenkeel/config';
import type { FieldEditsConfig, WrittenField } from '../http1/operations/field-edits.ts';
import type { OperationsConfig } from '../http1/operations/operations.ts';
import type { RateLimit } from '../http1/operations/rate-limit.ts';
import { blockList } from '../networks.ts';
import type { Findings } from './findings.ts';

const CLIENTS = 100_000;

/** The operations of one place of the configuration. */
export interface Level {
  readonly keys: OperationsFile;
  readonly path: Path;
  /** Names the place whatever its position: rate limits are kept under it over reloads. */
  readonly scope: string;
}

/** The levels beyond a route, the nearest first. */
export function levelsOf(file: ConfigFile, service: string | undefined): readonly Level[] {
  const whole = { keys: file, path: [], scope: 'all' };
  const own = service === undefined ? undefined : file.services?.[service];
  if (own === undefined) return [whole];
  return [{ keys: own, path: ['services', String(service)], scope: `service ${service}` }, whole];
}

/** What levels come to; undefined: nothing. @param levels the nearest first */
export function operationsOf(levels: readonly Level[]): OperationsConfig | undefined {
  const { allow } = nearest(levels, 'allow') ?? {};
  const { deny } = nearest(levels, 'deny') ?? {};
  const limited = levels.find(({ keys }) => keys.rateLimit !== undefined);
  const request = fieldEdits(levels, 'Request');
  const response = fieldEdits(levels, 'Response');
  const operations: OperationsConfig = {
    ...(allow === undefined && deny === undefined
      ? {}
      : { access: { ...(allow && { allow }), ...(deny && { deny }) } }),
    ...(limited?.keys.rateLimit === undefined
      ? {}
      : { rateLimit: rateLimit(limited.keys.rateLimit, limited.scope) }),
    ...(request && { request }),
    ...(response && { response }),
  };
  return Object.keys(operations).length === 0 ? undefined : operations;
}

function nearest(levels: readonly Level[], key: keyof OperationsFile): OperationsFile | undefined {
  return levels.find(({ keys }) => keys[key] !== undefined)?.keys;
}

function rateLimit(written: RateLimitFile | string, scope: string): RateLimit {
  const {
    rate,
    burst,
    key = 'ip',
    clients = CLIENTS,
  }: RateLimitFile = typeof written === 'string' ? { rate: written } : written;
  const parsed = parseRate(rate);
  if (parsed === undefined) throw new Error(`not a rate: ${rate}`);
  return { ...parsed, burst: burst ?? Math.ceil(parsed.count), key, clients, scope };
}

/** At each level fields are removed, then set, then added. */
function fieldEdits(
  levels: readonly Level[],
  of: 'Request' | 'Response',
): FieldEditsConfig | undefined {
  const remove = new Set<string>();
  let write: WrittenField[] = [];
  for (const { keys } of [...levels].reverse()) {
    const set = keys[`set${of}`] ?? {};
    for (const name of [...(keys[`remove${of}`] ?? []), ...Object.keys(set)]) {
      remove.add(name);
      write = write.filter((field) => foldedName(field.name) !== foldedName(name));
    }
    const lines = [...Object.entries(set), ...Object.entries(keys[`add${of}`] ?? {})];
    write.push(...lines.map(([name, value]) => ({ name, value })));
  }
  return remove.size + write.length === 0 ? undefined : { remove: [...remove], write };
}

/** What of the operations of one place cannot be used. */
export function checkOperations(
  { keys, path }: Level,
  { forwarding }: ConfigFile,
  findings: Findings,
): void {
  networksAt([...path, 'allow'], keys.allow ?? [], findings);
  networksAt([...path, 'deny'], keys.deny ?? [], findings);
  const trailers = new Set((forwarding?.requestTrailers ?? []).map(foldedName));
  for (const name of [...(keys.removeRequest ?? []), ...Object.keys(keys.setRequest ?? {})]) {
    if (!trailers.has(foldedName(name))) continue;
    const key = keys.removeRequest?.includes(name) ? 'removeRequest' : 'setRequest';
    const message = `must not name ${name}, which forwarding.requestTrailers passes on`;
    findings.problem({ path: [...path, key], message });
  }
}

/** The list of these networks; those that are none are told. */
export function networksAt(path: Path, networks: readonly string[], findings: Findings): BlockList {
  return blockList(networks, (index, network) => {
    const expected = 'must be an address or a network such as 10.0.0.0/8';
    findings.wrong([...path, index], expected, network);
  });
}
