/** The end of a chaos run on the terminal: what happened, and a verdict per objective. */

import type { Objective, Status } from '@evenkeel/report';
import type { ChaosArm } from '../chaos/arm.ts';
import { timelineTable } from './bench-tables.ts';
import { type Cell, formatMs, left, renderTable, right } from './table.ts';

const SGR: Readonly<Record<Status, number>> = { pass: 32, fail: 31, unknown: 33 };
const SUSPECTS_SHOWN = 3;

/** One arm: counts, objectives, and the first few ids of what went wrong. */
export function chaosText({ run, status, remark, suspects }: ChaosArm, colour: boolean): string[] {
  const rows: Cell[][] = run.objectives.map((objective) => [
    left(objective.name),
    right(formatValue(objective, objective.measured)),
    left(
      `${objective.name === 'availability' ? '≥' : '≤'} ${formatValue(objective, objective.limit)}`,
      2,
    ),
    left(objective.verdict, SGR[objective.verdict]),
  ]);
  const lines = [...timelineTable([run], colour), '', ...renderTable(rows, colour)];
  for (const [what, ids] of Object.entries(suspects)) {
    if (ids.length === 0) continue;
    const more = ids.length > SUSPECTS_SHOWN ? ', …' : '';
    lines.push(`  ${what}: ${ids.slice(0, SUSPECTS_SHOWN).join(', ')}${more}`);
  }
  const verdict = renderTable(
    [[left(status.toUpperCase(), SGR[status]), left(remark ?? '')]],
    colour,
  );
  return [...lines, ...verdict];
}

/** The ending of an objective's name gives its unit. */
function formatValue({ name }: Objective, value: number | null): string {
  if (value === null) return '–';
  if (name.endsWith('Ms')) return formatMs(value);
  if (name === 'availability') return `${(value * 100).toFixed(3)} %`;
  return name === 'amplification' ? value.toFixed(3) : String(value);
}
