/** The attempts of a run at its backends, as the backends wrote them down while they served. */

import type { Account, Entry } from '@evenkeel/backends';
import type { Visit } from '@evenkeel/report';

/**
 * Each attempt of the given requests; times count from `zeroEpochMs`. A start belongs to the last arrival
 * of its request at the same backend before it, a finish to the last start.
 */
export function* visitsOf(
  ids: Iterable<string>,
  byRequest: ReadonlyMap<string, Account>,
  zeroEpochMs: number,
): Generator<Visit> {
  for (const id of ids) {
    const { arrived = [], started = [], finished = [] } = byRequest.get(id) ?? {};
    for (const arrival of arrived) {
      const next = after(arrived, arrival)?.atMs ?? Number.POSITIVE_INFINITY;
      const start = after(started, arrival, next);
      const end = start === undefined ? undefined : after(finished, start, next);
      const at = (entry: Entry | undefined) =>
        entry === undefined ? null : entry.atMs - zeroEpochMs;
      const { backend, atMs } = arrival;
      const arrivedMs = atMs - zeroEpochMs;
      yield { backend, arrivedMs, startedMs: at(start), endedMs: at(end) };
    }
  }
}

/** The first entry of the same backend from that moment on and before `untilMs`. */
function after(
  entries: readonly Entry[],
  from: Entry,
  untilMs = Number.POSITIVE_INFINITY,
): Entry | undefined {
  return entries.find(
    (one) =>
      one !== from && one.backend === from.backend && one.atMs >= from.atMs && one.atMs < untilMs,
  );
}
