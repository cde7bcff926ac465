/** Behind each chart stands a table: its figures are those of results.json, computed by another way. */

import { expect, test } from 'vitest';
import { sectionsOf } from '../src/model/arms.ts';
import { sectionCharts } from '../src/page/page.ts';
import { expectedTables } from './support/expected-tables.ts';
import { sampleResults } from './support/sample.ts';

test('the table of each chart holds what the runs come to', () => {
  const sections = sectionsOf(sampleResults());
  const expected = expectedTables(sampleResults(), sections);
  const charts = sections.flatMap(sectionCharts);
  expect(charts.map(({ id }) => id).sort()).toEqual([...expected.keys()].sort());
  for (const { id, table } of charts) {
    // The interval behind a mean over rounds is of Student's t, which has tests of its own.
    const rows = table.rows.map((row) => row.map((cell) => cell.replace(/ \(.* to .*\)$/, '')));
    expect([id, ...rows]).toEqual([id, ...(expected.get(id) ?? [])]);
  }
});
