/** Lists of HTTP statuses: `[500, 502-504]`. */

/** Statuses and ranges as written; both ends of a range belong to it. */
export type StatusList = readonly (number | string)[];

export const STATUS_MIN = 100;
export const STATUS_MAX = 599;

/** @returns the first and last status, or undefined if it is neither a status nor a range */
export function parseStatusRange(written: number | string): readonly [number, number] | undefined {
  const [, from, to = from] = /^(\d{3})(?:-(\d{3}))?$/.exec(String(written)) ?? [];
  const [first, last] = [Number(from), Number(to)];
  const isRange = first >= STATUS_MIN && last <= STATUS_MAX && first <= last;
  return isRange ? [first, last] : undefined;
}

/** The statuses of a list that was checked. */
export function statusSet(list: StatusList): ReadonlySet<number> {
  const statuses = new Set<number>();
  for (const written of list) {
    const [first, last] = parseStatusRange(written) ?? [0, -1];
    for (let status = first; status <= last; status++) statuses.add(status);
  }
  return statuses;
}

/** Statuses as one would write them: each run as a range. */
export function statusList(statuses: ReadonlySet<number>): StatusList {
  const runs: [first: number, last: number][] = [];
  for (const status of [...statuses].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === status - 1) run[1] = status;
    else runs.push([status, status]);
  }
  return runs.map(([first, last]) => (first === last ? first : `${first}-${last}`));
}
