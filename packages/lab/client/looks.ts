/** Which of the eight colours a world has: a strategy keeps that of the report wherever it is free. */

import { COLOURS, WELL_KNOWN } from '@evenkeel/report/looks';
import { type LabWorld, strategyOf } from '../src/state/lab-file.ts';

/** The colour of each world; no two alike. */
export function slotsOf(worlds: readonly LabWorld[]): number[] {
  const taken = new Set<number>();
  const wanted = worlds.map((world) => WELL_KNOWN.indexOf(strategyOf(world) ?? ''));
  return wanted.map((wish) => {
    let slot = wish < 0 || wish >= COLOURS ? 0 : wish;
    while (taken.has(slot)) slot = (slot + 1) % COLOURS;
    taken.add(slot);
    return slot;
  });
}
