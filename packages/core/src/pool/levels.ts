/**
 * Priority levels, backups and panic: from the members' states to the lists that picks are made from.
 *
 * Level shares follow Envoy: a level counts as fully able while 100/140 of it is healthy, and what it
 * can no longer take spills over to the next. Backups follow nginx: they get nothing while any
 * other endpoint is ready. Panic follows Envoy, levels that can stand in for each other included,
 * with one difference: it readmits ejected endpoints, which are only suspected, and never those
 * known to be down.
 */

import type { PoolMember } from './member.ts';

const OVERPROVISIONING = 140;

/** The endpoints of one level that may be asked. */
export interface Level {
  readonly list: readonly PoolMember[];
  /** Percentage of picks that start here; integers, 100 in all unless nobody may be asked. */
  readonly share: number;
  readonly isBackup: boolean;
}

/**
 * Percent of traffic for each priority level.
 * @param healthy healthy endpoints per level
 * @param total all endpoints per level
 * @returns integers that add up to 100, or all 0 if nobody is healthy
 */
export function levelShares(healthy: readonly number[], total: readonly number[]): number[] {
  const able = abilities(healthy, total);
  const sum = sumOf(able);
  if (sum === 0) return able;
  const scale = Math.min(100, sum);
  let left = 100;
  const shares = able.map((ability) => {
    const share = Math.min(left, Math.floor((ability * 100) / scale));
    left -= share;
    return share;
  });
  // Rounding loses a few percent; they go to the first level that can take any.
  const first = shares.findIndex((share) => share > 0);
  return shares.map((share, level) => (level === first ? share + left : share));
}

/** Percent of the traffic that each level could take; at least 1 where anybody is healthy. */
function abilities(healthy: readonly number[], total: readonly number[]): number[] {
  return healthy.map((count, level) => {
    const of = total[level] ?? 0;
    if (of === 0 || count === 0) return 0;
    return Math.min(100, Math.max(1, Math.floor((OVERPROVISIONING * count) / of)));
  });
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** Fewer ready than the threshold: better to ask suspects than to overrun the rest. */
export function inPanic(ready: number, total: number, thresholdPercent: number): boolean {
  return total > 0 && ready * 100 < total * thresholdPercent;
}

/** Sorts the members into levels and marks each as listed or not. */
export function buildLevels(members: readonly PoolMember[], panicPercent: number): Level[] {
  const priorities = [...new Set(members.filter((m) => !m.backup).map((m) => m.priority))];
  priorities.sort((a, b) => a - b);
  const groups = priorities.map((p) => members.filter((m) => !m.backup && m.priority === p));
  const backups = members.filter((m) => m.backup);
  const all = backups.length > 0 ? [...groups, backups] : groups;

  let lists = readyOrSuspected(groups, backups, panicPercent);
  // Nobody is known to be well: those not known yet are the best there is.
  if (lists.every((list) => list.length === 0)) {
    lists = all.map((group) => group.filter((m) => m.state === 'checking'));
  }
  for (const [level, group] of all.entries()) {
    for (const member of group) {
      member.level = level;
      member.listed = false;
    }
    for (const member of lists[level] ?? []) member.listed = true;
  }

  const normal = lists.slice(0, groups.length);
  const shares = levelShares(
    normal.map((list) => list.length),
    groups.map(inService),
  );
  const needsBackup = normal.every((list) => list.length === 0);
  return lists.map((list, level) => {
    const isBackup = level >= groups.length;
    const share = isBackup ? (needsBackup && list.length > 0 ? 100 : 0) : (shares[level] ?? 0);
    return { list, share, isBackup };
  });
}

/** The ready ones of each level and, where all that are ready are too few, the ejected ones too. */
function readyOrSuspected(
  groups: readonly PoolMember[][],
  backups: readonly PoolMember[],
  panicPercent: number,
): PoolMember[][] {
  const ready = groups.map((group) => group.filter((m) => m.state === 'ready'));
  const spare = backups.filter((m) => m.state === 'ready');
  const counts = ready.map((list) => list.length);
  const canSpill = groups.length > 1 && sumOf(abilities(counts, groups.map(inService))) >= 100;
  const backupsServe = spare.length > 0 && sumOf(counts) === 0;
  if (!canSpill && !backupsServe) {
    for (const [level, group] of groups.entries()) {
      if (!inPanic(counts[level] ?? 0, inService(group), panicPercent)) continue;
      ready[level] = group.filter((m) => m.state === 'ready' || m.state === 'ejected');
    }
  }
  return backups.length > 0 ? [...ready, spare] : ready;
}

function inService(group: readonly PoolMember[]): number {
  return group.filter((m) => m.inService).length;
}
