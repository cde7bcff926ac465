/** The differences of two saved benches on the terminal. */

import {
  type Column,
  type Differences,
  differenceCells,
  left,
  renderColumns,
  right,
  SGR,
  TEXT_WIDTH,
} from '@evenkeel/report';

const COLOURS = { worse: SGR.red, better: SGR.green, same: SGR.dim, unresolved: SGR.yellow };

/** A line for each figure that both have. */
export function differencesTable({ differences }: Differences, colour: boolean): string[] {
  const rows = differences.map((one) => ({ one, cells: differenceCells(one, differences) }));
  const columns: Column[] = [
    { head: 'scenario', cells: rows.map(({ one }) => left(one.scenario)), keep: 0 },
    { head: 'arm', cells: rows.map(({ cells }) => left(cells.arm, SGR.bold)) },
    { head: 'figure', cells: rows.map(({ cells }) => left(cells.figure)) },
    { head: 'before', cells: rows.map(({ cells }) => right(cells.before)) },
    { head: 'now', cells: rows.map(({ cells }) => right(cells.now)) },
    { head: 'change', cells: rows.map(({ cells }) => left(cells.change)) },
    { head: '', cells: rows.map(({ one }) => left(one.verdict, COLOURS[one.verdict])) },
  ];
  return renderColumns(columns, TEXT_WIDTH, colour);
}
