/** Which endpoints of the model share the traffic: levels, backups and panic. */

import type { EndpointState } from '../../src/pool.ts';
import type { Model } from './model.ts';
import { groupsOf, isInPanic, strength } from './model-panic.ts';

/** Ids that may get traffic, level by level, the backups last. */
export function levelsOf(model: Model, nowMs: number): string[][] {
  const groups = groupsOf(model);
  const within = (state: EndpointState): string[][] =>
    groups.map((group) => group.filter((id) => model.stateAt(id, nowMs) === state));
  const ejected = within('ejected');
  const asked = within('ready').map((ids, level) =>
    isInPanic(model, level, nowMs) ? [...ids, ...ejected[level]!] : ids,
  );
  return asked.flat().length > 0 ? asked : within('checking');
}

/**
 * Ids that share the traffic; the other levels are for requests that have failed at all of these.
 */
export function activeOf(model: Model, nowMs: number): string[] {
  const levels = levelsOf(model, nowMs);
  const normal = levels.slice(0, -1);
  if (normal.flat().length === 0) return levels.flat();
  return normal.filter((_, level) => strength(model, normal.slice(0, level)) < 100).flat();
}
