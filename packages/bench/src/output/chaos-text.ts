/** The end of a chaos run on the terminal: what happened, and a verdict per objective. */

import {
  type Cell,
  format,
  left,
  type Objective,
  renderTable,
  right,
  SGR,
  type Status,
} from '@evenkeel/report';
import type { ChaosArm } from '../chaos/arm.ts';
import { backWithin, timelineTable } from './bench-tables.ts';

const COLOURS: Readonly<Record<Status, number>> = {
  pass: SGR.green,
  fail: SGR.red,
  unknown: SGR.yellow,
};
/** Names that say more than their keys. */
const NAMES: Readonly<Record<string, string>> = { detectMs: 'back within objectives' };
const SUSPECTS_SHOWN = 3;

/** One arm: counts, objectives, and the first few ids of what went wrong. */
export function chaosText({ run, status, remark, suspects }: ChaosArm, colour: boolean): string[] {
  const rows: Cell[][] = run.objectives.map((objective) => [
    left(NAMES[objective.name] ?? objective.name),
    right(measuredText(run, objective)),
    left(
      `${objective.name === 'availability' ? '≥' : '≤'} ${format.byName(objective.name, objective.limit)}`,
      SGR.dim,
    ),
    left(objective.verdict, COLOURS[objective.verdict]),
  ]);
  const lines = [...timelineTable([run], colour), '', ...renderTable(rows, colour)];
  for (const [what, ids] of Object.entries(suspects)) {
    if (ids.length === 0) continue;
    const more = ids.length > SUSPECTS_SHOWN ? ', …' : '';
    lines.push(`  ${what}: ${ids.slice(0, SUSPECTS_SHOWN).join(', ')}${more}`);
  }
  const verdict = renderTable(
    [[left(status.toUpperCase(), COLOURS[status]), left(remark ?? '')]],
    colour,
  );
  return [...lines, ...verdict];
}

/** A figure with what has to be known of it: `at least 1.2×`, `never out`, `no POST was sent`. */
function measuredText(run: ChaosArm['run'], { name, measured, note }: Objective): string {
  if (name === 'detectMs') return backWithin(run);
  const text = format.byName(name, measured);
  if (note === undefined) return text;
  return note === 'at least' ? `at least ${text}` : note;
}
