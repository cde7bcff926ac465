/**
 * Which look a strategy has. A strategy keeps its colour in every chart of every report, so that a
 * reader learns it once: the well-known names have a fixed slot, others get the free ones.
 *
 * A slot is a colour and a marker: eight colours that stay apart for the colour-blind (theme.css),
 * and with more than eight strategies the next marker.
 */

import { isSimulated } from '../laws.ts';
import type { Results, Run } from '../results.ts';

export const COLOURS = 8;

/** Chart.js point styles; the marker of slot s is the one at ⌊s / COLOURS⌋. */
export const MARKERS = ['circle', 'rectRot', 'triangle', 'rect'] as const;

/** In the order of slots: those of the default bench come first and look least alike. */
export const WELL_KNOWN: readonly string[] = [
  'round-robin',
  'least-connections',
  'power-of-two',
  'peak-ewma',
  'weighted-round-robin',
  'random',
  'least-response-time',
  'weighted-random',
  'ip-hash',
  'ring-hash',
  'maglev',
  'bounded-hash',
  'header-hash',
  'cookie-hash',
  'sticky',
  'least-connections-indexed',
];

/** The first of them are those of the default bench. */
const DEFAULT_BENCH = 4;

/** Slots by `slotKey`. */
export type Slots = ReadonlyMap<string, number>;

/** `round-robin#2` is the same strategy again. */
export function baseStrategy(strategy: string): string {
  return strategy.replace(/#\d+$/, '');
}

/** What gets a look of its own: a strategy, and beside evenkeel's each other product's. */
export function slotKey(run: Pick<Run, 'subject' | 'strategy'>): string {
  const strategy = baseStrategy(run.strategy);
  if (run.subject === 'evenkeel' || isSimulated(run)) return strategy;
  return `${run.subject}/${strategy}`;
}

/** The slot of a well-known strategy in every report; that of text for any other. */
export function fixedSlot(strategy: string): number {
  return WELL_KNOWN.indexOf(strategy);
}

/** So many, the colours of the default bench last: readers know these. */
function freeSlots(taken: ReadonlySet<number>, count: number): readonly number[] {
  const all = Array.from({ length: COLOURS * MARKERS.length + count }, (_, slot) => slot);
  const known = all.slice(0, DEFAULT_BENCH);
  const own = all.slice(DEFAULT_BENCH, COLOURS * MARKERS.length);
  const more = all.slice(COLOURS * MARKERS.length);
  return [...own, ...known, ...more].filter((slot) => !taken.has(slot)).slice(0, count);
}

export function assignSlots(results: Results): Slots {
  const keys = new Set(results.runs.map(slotKey));
  for (const sweep of results.sweeps ?? []) {
    for (const { subject = 'evenkeel', strategy } of sweep.points) {
      keys.add(slotKey({ subject, strategy }));
    }
  }
  const slots = new Map<string, number>();
  WELL_KNOWN.forEach((strategy, slot) => {
    if (keys.has(strategy)) slots.set(strategy, slot);
  });
  const taken = new Set(slots.values());
  const others = [...keys].sort().filter((key) => !slots.has(key));
  const free = freeSlots(taken, others.length);
  for (const [i, key] of others.entries()) slots.set(key, free[i] ?? 0);
  return slots;
}
