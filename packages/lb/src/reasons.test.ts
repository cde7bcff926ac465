/** docs/11-observability.md has a row for each reason, no other, and its true error type. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REASONS } from './reasons.ts';

const PAGE = join(import.meta.dirname, '../../../docs/11-observability.md');

test('the table of reasons is that of the program', () => {
  const text = readFileSync(PAGE, 'utf8');
  const [, table = ''] = /^\| reason \|.*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(text) ?? [];
  const rows = table.matchAll(/^\| `([^`]+)` \| [^|]+ \| (?:`([^`]+)` )?\|$/gm);
  const told = Array.from(rows, ([, reason, error = '']) => [reason, error]);
  expect(told).toHaveLength(table.trimEnd().split('\n').length);
  expect(told).toEqual(Object.entries(REASONS));
});
