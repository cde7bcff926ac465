/** Which endpoints of the model share the traffic: levels, backups and panic. */

import type { EndpointState } from '../../src/pool.ts';
import type { Model } from './model.ts';
import type { ModelEndpoint } from './model-endpoint.ts';

/** Ids that may get traffic, level by level, the backups last. */
export function levelsOf(model: Model, nowMs: number): string[][] {
  const groups = groupsOf(model);
  const within = (state: EndpointState): string[][] =>
    groups.map((group) => group.filter((id) => model.stateAt(id, nowMs) === state));
  const ready = within('ready');
  const normal = ready.slice(0, -1);
  const backupsServe = normal.flat().length === 0 && ready.at(-1)!.length > 0;
  const levelsHelp = normal.length > 1 && strength(model, normal) >= 100;
  const isPanic = (level: number): boolean =>
    level < normal.length &&
    !backupsServe &&
    !levelsHelp &&
    ready[level]!.length * 100 < inService(model, level) * model.panicPercent;
  const ejected = within('ejected');
  const asked = ready.map((ids, level) => (isPanic(level) ? [...ids, ...ejected[level]!] : ids));
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

function groupsOf(model: Model): string[][] {
  const all = [...model.endpoints];
  const priorities = [...new Set(all.filter(([, e]) => !e.backup).map(([, e]) => e.priority))];
  const idsOf = (belongs: (e: ModelEndpoint) => boolean): string[] =>
    all.filter(([, e]) => belongs(e)).map(([id]) => id);
  return [
    ...priorities.sort().map((priority) => idsOf((e) => !e.backup && e.priority === priority)),
    idsOf((e) => e.backup),
  ];
}

function inService(model: Model, level: number): number {
  return groupsOf(model)[level]!.filter((id) => model.endpoint(id).admin === 'ready').length;
}

/** Percent of the traffic that these levels could take together. */
function strength(model: Model, levels: string[][]): number {
  const share = (ids: string[], level: number): number =>
    ids.length === 0 ? 0 : Math.min(100, Math.floor((140 * ids.length) / inService(model, level)));
  return levels.map(share).reduce((a, b) => a + b, 0);
}
