/** How each process of the generator fared, where there are several. */

import {
  format,
  generatorProcesses,
  HONESTY_HEADS,
  honestyCells,
  left,
  type Run,
  renderTable,
  right,
} from '@evenkeel/report';

/** A line for each process, with what it sent in all runs and the worst of its figures; nothing of one process. */
export function generatorTable(runs: readonly Run[], colour: boolean): string[] {
  const processes = generatorProcesses(runs);
  if (processes.length === 0) return [];
  const head = ['process', 'requests', ...HONESTY_HEADS];
  const rows = processes.map((mine, i) => [
    `generator ${i + 1}`,
    format.count(mine.reduce((sum, { sent }) => sum + sent, 0)),
    ...honestyCells(mine),
  ]);
  const cells = [head, ...rows].map(([first = '', ...others]) => [
    left(first),
    ...others.map((text) => right(text)),
  ]);
  return ['', ...renderTable(cells, colour)];
}
