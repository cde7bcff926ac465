import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { type Column, left, renderColumns, renderFolded, right } from './text-table.ts';

const cellText = fc.stringMatching(/^[a-z0-9.]{1,12}$/);
const names: Column = { head: 'arm', cells: [left('round-robin'), left('peak-ewma')] };
const column = fc.record({ head: cellText, cells: fc.tuple(cellText, cellText) });

describe('a table for terminals', () => {
  test.prop([fc.array(column, { minLength: 1, maxLength: 20 })])(
    'folded keeps to its width, and loses no column',
    (columns) => {
      const shown = columns.map(({ head, cells }, i) => ({
        head: `${head}#${i}`,
        cells: cells.map((text) => right(text)),
      }));
      const lines = renderFolded(names, shown, 60, false);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
      const words = lines.join(' ').split(/ +/);
      for (const { head, cells } of shown) {
        expect(words.filter((word) => word === head)).toHaveLength(1);
        for (const { text } of cells) expect(words).toContain(text);
      }
    },
  );

  test('leaves out the columns that may be missed, the first ones first', () => {
    const wide = (head: string, keep?: number): Column => ({
      head,
      keep,
      cells: [right('x'.repeat(20))],
    });
    const [head = ''] = renderColumns(
      [wide('a'), wide('b', 1), wide('c', 0), wide('d')],
      70,
      false,
    );
    expect(head.trim().split(/ +/)).toEqual(['a', 'b', 'd']);
  });
});
