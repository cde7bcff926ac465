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

const rows = new Map(
  [...readFileSync(PAGE, 'utf8').matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, key, rest]) => [
    key ?? '',
    (rest ?? '').split(' | '),
  ]),
);

test('every key has its row, and every row its key', () => {
  const schema = z.toJSONSchema(configFile, { unrepresentable: 'any', io: 'output' }) as Schema;
  // Services hold the keys of the top level; a routing key is one value with three forms.
  const keys = leavesOf(schema, '')
    .filter((key) => key !== 'services')
    .map((key) => key.replace(/^strategy\.key\..*/, 'strategy.key'));
  // The strategy may be written short.
  expect([...rows.keys()].sort()).toEqual([...keys, 'strategy'].sort());
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
