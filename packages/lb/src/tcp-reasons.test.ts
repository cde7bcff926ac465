/** docs/13-layer-4.md has a row for each reason, no other, under its true way of ending. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TCP_REASONS } from './tcp-reasons.ts';

const PAGE = join(import.meta.dirname, '../../../docs/13-layer-4.md');

test('the table of reasons is that of the program', () => {
  const text = readFileSync(PAGE, 'utf8');
  const [, table = ''] = /^\| `reason` \|.*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(text) ?? [];
  const rows = table.matchAll(/^\| (?:`([^`]+)`)? ?\| `([^`]+)` \| [^|]+ \|$/gm);
  const told = Array.from(rows, ([, reason = '', end]) => [reason, end]);
  expect(told).toHaveLength(table.trimEnd().split('\n').length);
  expect(told).toEqual([['', 'complete'], ...Object.entries(TCP_REASONS)]);
});
