/** A configuration as `GET /config` shows it: complete, as it runs, and without secrets. */

import { BlockList } from 'node:net';
import { statusList } from '@evenkeel/config';
import type { Config } from '../config/types.ts';

/** A field line. */
interface Field {
  readonly name: string;
  readonly value: string;
}

const MASK = '***';
const SECRET_KEYS: ReadonlySet<string> = new Set(['token', 'secret']);
/** Fields that may hold credentials. */
const SECRET_FIELD = /authori[sz]ation|cookie|token|secret|password|key/i;

/** @returns plain data, ready for JSON */
export function shownConfig({ services, ...config }: Config): unknown {
  const byName = services.map(({ name, ...service }) => [name, service] as const);
  return plain({ ...config, services: Object.fromEntries(byName) });
}

/** The routes as `GET /routes` shows them. */
export function shownRoutes({ routes }: Config): unknown {
  return plain(routes);
}

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Set) return isNumbers(value) ? statusList(value) : [...value];
  if (value instanceof BlockList) return value.rules;
  if (Array.isArray(value)) return value.map(plain);
  const entries = Object.entries(value).filter(([, inner]) => typeof inner !== 'function');
  return Object.fromEntries(entries.map(([key, inner]) => [key, shown(key, inner)]));
}

function isNumbers(values: ReadonlySet<unknown>): values is ReadonlySet<number> {
  return [...values].every((value) => typeof value === 'number');
}

function shown(key: string, value: unknown): unknown {
  if (SECRET_KEYS.has(key)) return MASK;
  if (key === 'write') return (value as readonly Field[]).map(maskedField);
  return plain(key === 'headers' ? masked(value as Readonly<Record<string, string>>) : value);
}

function maskedField({ name, value }: Field): Field {
  return { name, value: SECRET_FIELD.test(name) ? MASK : value };
}

function masked(fields: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(fields);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, maskedField({ name, value }).value]),
  );
}
