/** An arm as a series: the same look wherever it appears. */

import type { Arm } from '../model/arms.ts';
import { COLOURS, MARKERS } from '../model/slots.ts';
import type { Dataset, LegendEntry } from './spec.ts';

export function markerOf(slot: number): string {
  return MARKERS[Math.floor(Math.max(0, slot) / COLOURS) % MARKERS.length] ?? 'circle';
}

/** A dataset with the arm's look; the caller says how it is drawn. */
export function armSeries(
  arm: Arm,
  draw: Dataset['draw'],
  data: Dataset['data'],
  texts: readonly string[],
): Dataset {
  return {
    label: arm.label,
    key: arm.key,
    data,
    slots: [arm.slot],
    texts,
    dashed: arm.repeat,
    marker: markerOf(arm.slot),
    draw,
    direct: false,
  };
}

export function armLegend(arms: readonly Arm[]): readonly LegendEntry[] {
  return arms.map(({ label, slot, repeat, key }) => ({ label, slot, dashed: repeat, key }));
}

/** Arms of which something may be concluded. */
export function drawable(arms: readonly Arm[]): readonly Arm[] {
  return arms.filter((arm) => arm.valid.length > 0);
}
