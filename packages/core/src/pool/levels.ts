/**
 * Priority levels, backups and panic: from the members' states to the lists that picks are made
 * from.
 *
 * Level shares follow Envoy: a level counts as fully able while 100/140 of it is healthy, and what
 * it can no longer take spills over to the next. Backups follow nginx: they get nothing while any
 * other endpoint is ready. Panic follows Envoy, levels that can stand in for each other included,
 * with one difference: it lists ejected endpoints, which are only suspected, and of those that are
 * down only the ones that answer their checks (fail-open.ts).
 */

import type { PoolMember } from './member.ts';

const OVERPROVISIONING = 140;

/** The endpoints of one level that may be asked. */
export interface Level {
  readonly list: readonly PoolMember[];
  /** Percentage of picks that start here; integers, 100 in all unless none may be asked. */
  readonly share: number;
  readonly isBackup: boolean;
}

/**
 * Percent of traffic for each priority level.
 * @param healthy healthy endpoints per level
 * @param total all endpoints per level
 * @returns integers that add up to 100, or all 0 if none is healthy
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

/** Percent of the traffic that each level could take; at least 1 where an endpoint is healthy. */
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

/** The members of one level, whatever their state. */
export interface Group {
  readonly members: readonly PoolMember[];
  readonly isBackup: boolean;
}

/** Sorts the members into levels by priority, the backups last, and tells each which is its own. */
export function groupByLevel(members: readonly PoolMember[]): Group[] {
  const byPriority = Map.groupBy(members, (m) =>
    m.backup ? Number.POSITIVE_INFINITY : m.priority,
  );
  // Priorities are integers: infinity is that of the backups, after all others.
  const sorted = [...byPriority].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([priority, group], level) => {
    for (const member of group) member.level = level;
    return { members: group, isBackup: priority === Number.POSITIVE_INFINITY };
  });
}

/**
 * The lists of each level, from the members' states; marks each member as listed or not.
 * @param panics which levels are in a panic, as `levelsInPanic` says
 */
export function buildLevels(groups: readonly Group[], panics: readonly boolean[]): Level[] {
  const all = groups.map(censusOf);
  const normal = all.filter((_, level) => groups[level]?.isBackup === false);
  for (const [level, isPanic] of panics.entries()) {
    if (isPanic) all[level]?.list((m) => m.state === 'ready' || m.state === 'ejected');
  }
  // None is known to be up: those not known yet are the best there is.
  if (all.every(({ listed }) => listed.length === 0)) {
    for (const census of all) census.list((m) => m.state === 'checking');
  }
  const shares = levelShares(
    normal.map(({ listed }) => listed.length),
    normal.map(({ inService }) => inService),
  );
  const needsBackup = normal.every(({ listed }) => listed.length === 0);
  return all.map(({ listed }, level) => {
    const isBackup = groups[level]?.isBackup === true;
    const share = isBackup ? (needsBackup && listed.length > 0 ? 100 : 0) : (shares[level] ?? 0);
    return { list: listed, share, isBackup };
  });
}

/**
 * Which levels are in a panic: too few are healthy there, and neither the other levels nor the
 * backups can stand in. Backups themselves never are.
 */
export function levelsInPanic(
  groups: readonly Group[],
  inPanic: (ready: number, total: number) => boolean,
): boolean[] {
  const normal = groups.filter(({ isBackup }) => !isBackup);
  const counts = normal.map(({ members }) => members.filter(isHealthy).length);
  const totals = normal.map(({ members }) => members.filter((m) => m.inService).length);
  const canSpill = normal.length > 1 && sumOf(abilities(counts, totals)) >= 100;
  const hasBackups = groups.some((group) => group.isBackup && group.members.some(isHealthy));
  if (canSpill || (hasBackups && sumOf(counts) === 0)) return [];
  return normal.map((_, level) => inPanic(counts[level] ?? 0, totals[level] ?? 0));
}

function isHealthy(member: PoolMember): boolean {
  return member.isHealthy;
}

/** What one level has. */
interface Census {
  /** Those that may be asked. */
  listed: PoolMember[];
  /** Those that no operator has taken out. */
  readonly inService: number;
  /** Lists others instead. */
  list(isListed: (member: PoolMember) => boolean): void;
}

/** Lists the ready ones. In one go: a large fleet that starts under load asks once per endpoint. */
function censusOf({ members }: Group): Census {
  const ready: PoolMember[] = [];
  let inService = 0;
  for (const member of members) {
    member.listed = member.state === 'ready';
    if (member.listed) ready.push(member);
    if (member.inService) inService += 1;
  }
  return {
    listed: ready,
    inService,
    list(isListed: (member: PoolMember) => boolean): void {
      this.listed = members.filter(isListed);
      for (const member of this.listed) member.listed = true;
    },
  };
}
