/** docs/reference/configuration.md names every key of the schema, no other, and the true defaults. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configFile } from '@evenkeel/config';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS } from '../http1/settings.ts';

const PAGE = join(import.meta.dirname, '../../../../docs/reference/configuration.md');

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** What may be written short counts in its long form. */
function longForm(schema: Schema): Schema {
  return schema.anyOf?.find(({ properties }) => properties !== undefined) ?? schema;
}

/** `health.type`, `backends[].url`: the names of all values that are not themselves mappings. */
function leavesOf(schema: Schema, path: string): string[] {
  const inner = longForm(schema);
  if (inner.items !== undefined && longForm(inner.items).properties !== undefined) {
    return leavesOf(inner.items, `${path}[]`);
  }
  if (inner.properties === undefined) return [path];
  return Object.entries(inner.properties).flatMap(([key, value]) =>
    leavesOf(value, path === '' ? key : `${path}.${key}`),
  );
}

/** Mappings that may be written as one value. */
const MAY_BE_SHORT = ['strategy', 'rateLimit', 'routes[].redirect', 'routes[].respond'];

const rows = new Map(
  [...readFileSync(PAGE, 'utf8').matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, key, rest]) => [
    key ?? '',
    (rest ?? '').split(' | '),
  ]),
);

test('every key has its row, and every row its key', () => {
  const schema = z.toJSONSchema(configFile, { unrepresentable: 'any', io: 'output' }) as Schema;
  // Services and routes hold operations of the top level; a key is one value with three forms.
  const all = leavesOf(schema, '').map((key) => key.replace(/\.key\..*/, '.key'));
  const keys = all.filter((key) => {
    const inRoute = /^routes\[\]\.(.*)/.exec(key)?.[1];
    return key !== 'services' && (inRoute === undefined || !all.includes(inRoute));
  });
  expect([...rows.keys()].sort()).toEqual([...new Set([...keys, ...MAY_BE_SHORT])].sort());
});

test('the defaults of timeouts and limits are those that the program has', () => {
  for (const [section, defaults] of Object.entries({
    timeouts: DEFAULT_TIMEOUTS,
    limits: DEFAULT_LIMITS,
  })) {
    for (const [key, value] of Object.entries(defaults)) {
      expect(rows.get(`${section}.${key}`)?.at(-1), key).toBe(String(value));
    }
  }
});
