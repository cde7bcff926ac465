/**
 * What no field can see alone: fleets that are too large, ids that repeat, faults and actions that have no
 * target or come after the load, loads that would never end.
 */

import { backendIds } from './fleet.ts';
import { meanRequests } from './rates.ts';
import type { ActionEntry, FleetEntry, Scenario, Target } from './types.ts';

/** A complaint about the value at `path`, in the words of the field schemas. */
export interface Contradiction {
  readonly path: (string | number)[];
  readonly message: string;
  readonly value: unknown;
}

/** Backends in a fleet, in all. */
export const BACKENDS_MAX = 100_000;

/** Requests that a load may plan: a quarter of an hour's work for the simulator. */
export const REQUESTS_MAX = 1e9;

/** Words that `target` gives a meaning of their own. */
export const TARGET_WORDS: readonly string[] = ['one', 'all'];

type Checked = Pick<Scenario, 'fleet' | 'load' | 'faults' | 'actions'>;

/** All contradictions of a scenario whose fields are each in order. */
export function contradictions(scenario: Checked): Contradiction[] {
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
  const ids = new Set<string>();
  return [
    ...repeatedIds(scenario.fleet, ids),
    ...scenario.faults.flatMap((entry, i) => misplaced(scenario, ids, ['faults', i], entry)),
    ...scenario.actions.flatMap((entry, i) => misplaced(scenario, ids, ['actions', i], entry)),
    ...wrongLoad(scenario),
  ];
}

/** Collects the ids of a fleet, and complains of those that it cannot have. */
function repeatedIds(fleet: readonly FleetEntry[], ids: Set<string>): Contradiction[] {
  const found: Contradiction[] = [];
  fleet.forEach((entry, i) => {
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
  return found;
}

/** A fault or action that has no target, or comes after the load. */
function misplaced(
  { load }: Checked,
  ids: ReadonlySet<string>,
  path: (string | number)[],
  entry: { readonly atMs: number; readonly target?: Target },
): Contradiction[] {
  const found: Contradiction[] = [];
  const { target } = entry;
  if (typeof target === 'string' && !TARGET_WORDS.includes(target) && !ids.has(target)) {
    const known = [...ids].slice(0, 8).join(', ') + (ids.size > 8 ? ', …' : '');
    const message = `must be one, all, { percent } or the id of a backend (${known})`;
    found.push({ path: [...path, 'target'], message, value: target });
  }
  if (entry.atMs >= load.durationMs) {
    const message = `must be before the end of the load (durationMs: ${load.durationMs})`;
    found.push({ path: [...path, 'atMs'], message, value: entry.atMs });
  }
  return found;
}

const changesLoad = ({ action }: ActionEntry): boolean => typeof action !== 'string';

/** A load that has too many requests, or whose rate cannot be changed. */
function wrongLoad({ load, ...scenario }: Checked): Contradiction[] {
  if (load.kind === 'closed') {
    const i = scenario.actions.findIndex(changesLoad);
    const message = 'must not change the load: a closed load has no rate';
    return i < 0
      ? []
      : [{ path: ['actions', i, 'action'], message, value: scenario.actions[i]?.action }];
  }
  const requests = meanRequests({ ...scenario, load });
  if (requests <= REQUESTS_MAX) return [];
  const key = load.ratePerSecond === undefined ? 'fraction' : 'ratePerSecond';
  const message = `must plan at most ${REQUESTS_MAX} requests (plans ${requests.toPrecision(3)})`;
  return [{ path: ['load', key], message, value: load[key] }];
}
