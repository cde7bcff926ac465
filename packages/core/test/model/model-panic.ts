/** Which levels of the model are in a panic. */

import type { ModelEndpoint } from './model-endpoint.ts';

/** What of a model decides it. */
export interface ModelFleet {
  readonly endpoints: ReadonlyMap<string, ModelEndpoint>;
  readonly panicPercent: number;
}

export function isEjected(e: ModelEndpoint, nowMs: number): boolean {
  return e.isOut && e.ejectedUntilMs > nowMs;
}

export function isHealthy(e: ModelEndpoint, nowMs: number): boolean {
  return e.admin === 'ready' && e.health === 'up' && !isEjected(e, nowMs);
}

/** Ids by level, whatever their state; the backups last. */
export function groupsOf({ endpoints }: ModelFleet): string[][] {
  const all = [...endpoints];
  const priorities = [...new Set(all.filter(([, e]) => !e.backup).map(([, e]) => e.priority))];
  const idsOf = (belongs: (e: ModelEndpoint) => boolean): string[] =>
    all.filter(([, e]) => belongs(e)).map(([id]) => id);
  return [
    ...priorities.sort().map((priority) => idsOf((e) => !e.backup && e.priority === priority)),
    idsOf((e) => e.backup),
  ];
}

export function levelOf(fleet: ModelFleet, id: string): number {
  return groupsOf(fleet).findIndex((ids) => ids.includes(id));
}

export function isInPanic(fleet: ModelFleet, level: number, nowMs: number): boolean {
  const healthy = groupsOf(fleet).map((ids) =>
    ids.filter((id) => isHealthy(fleet.endpoints.get(id)!, nowMs)),
  );
  const normal = healthy.slice(0, -1);
  if (level >= normal.length) return false;
  const doBackupsServe = normal.flat().length === 0 && healthy.at(-1)!.length > 0;
  const doLevelsHelp = normal.length > 1 && strength(fleet, normal) >= 100;
  if (doBackupsServe || doLevelsHelp) return false;
  return normal[level]!.length * 100 < inService(fleet, level) * fleet.panicPercent;
}

/** Percent of the traffic that these levels could take together. */
export function strength(fleet: ModelFleet, levels: readonly string[][]): number {
  const share = (ids: string[], level: number): number =>
    ids.length === 0 ? 0 : Math.min(100, Math.floor((140 * ids.length) / inService(fleet, level)));
  return levels.map(share).reduce((a, b) => a + b, 0);
}

function inService(fleet: ModelFleet, level: number): number {
  return groupsOf(fleet)[level]!.filter((id) => fleet.endpoints.get(id)!.admin === 'ready').length;
}
