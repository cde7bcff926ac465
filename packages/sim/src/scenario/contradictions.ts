/** What no field can see alone: fleets that are too large, ids that repeat, faults that aim at nobody. */

import { backendIds } from './fleet.ts';
import type { FaultEntry, FleetEntry } from './types.ts';

/** A complaint about the value at `path`, in the words of the field schemas. */
export interface Contradiction {
  readonly path: (string | number)[];
  readonly message: string;
  readonly value: unknown;
}

/** Backends in a fleet, in all. */
export const BACKENDS_MAX = 100_000;

/** Words that `target` gives a meaning of their own. */
export const TARGET_WORDS: readonly string[] = ['one', 'all'];

/** All contradictions of a scenario whose fields are each in order. */
export function contradictions(scenario: {
  readonly fleet: readonly FleetEntry[];
  readonly faults: readonly FaultEntry[];
}): Contradiction[] {
  const size = scenario.fleet.reduce((sum, { count }) => sum + count, 0);
  if (size > BACKENDS_MAX) {
    return [
      {
        path: ['fleet'],
        message: `must have at most ${BACKENDS_MAX} backends in all`,
        value: size,
      },
    ];
  }
  const found: Contradiction[] = [];
  const ids = new Set<string>();
  scenario.fleet.forEach((entry, i) => {
    const path = ['fleet', i, 'id'];
    if (TARGET_WORDS.includes(entry.id)) {
      found.push({ path, value: entry.id, message: `must not be ${TARGET_WORDS.join(' or ')}` });
    }
    const clash = backendIds(entry).find((id) => ids.has(id));
    if (clash !== undefined) {
      found.push({
        path,
        value: entry.id,
        message: `must give ids of its own (${clash} is taken)`,
      });
    }
    for (const id of backendIds(entry)) ids.add(id);
  });
  scenario.faults.forEach(({ target }, i) => {
    if (typeof target !== 'string' || TARGET_WORDS.includes(target) || ids.has(target)) return;
    const known = [...ids].slice(0, 8).join(', ') + (ids.size > 8 ? ', …' : '');
    found.push({
      path: ['faults', i, 'target'],
      value: target,
      message: `must be one, all, { percent } or the id of a backend (${known})`,
    });
  });
  return found;
}
