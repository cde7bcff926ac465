/**
 * What the client saw, held against what the backends wrote down before they acted. Every request
 * carries an id; a proxy that drops one, doubles one or makes an answer up is found out here.
 */

import type { Account } from '@evenkeel/backends';
import type { BackendCounts } from '@evenkeel/report';
import type { MeasuredRequest } from './requests.ts';

export interface Accounting {
  /** Times that a request of the run reached a backend, which may have turned it away. */
  readonly attempts: number;
  /** Attempts beyond the first of each request. */
  readonly retries: number;
  /** Ids of non-idempotent requests that were begun more than once. */
  readonly servedTwice: readonly string[];
  /** Ids answered ok that no backend finished: an unfounded answer. */
  readonly unfounded: readonly string[];
  readonly backends: readonly BackendCounts[];
}

interface BackendLoad {
  requests: number;
  /** +1 at each start and −1 at each finish, to be sorted by time. */
  readonly changes: { readonly atMs: number; readonly by: 1 | -1 }[];
}

/** `backendIds`: all of the fleet, so that one that got nothing is listed with 0. */
export function account(
  measured: readonly MeasuredRequest[],
  byRequest: ReadonlyMap<string, Account>,
  backendIds: readonly string[],
): Accounting {
  const loads = new Map<string, BackendLoad>(
    backendIds.map((id) => [id, { requests: 0, changes: [] }]),
  );
  const servedTwice: string[] = [];
  const unfounded: string[] = [];
  let attempts = 0;
  let reached = 0;
  for (const { id, post, outcome } of measured) {
    const { arrived = [], started = [], finished = [] } = byRequest.get(id) ?? {};
    attempts += arrived.length;
    if (arrived.length > 0) reached++;
    if (post && started.length > 1) servedTwice.push(id);
    if (outcome === 'ok' && finished.length === 0) unfounded.push(id);
    for (const { backend } of arrived) {
      const load = loads.get(backend);
      if (load !== undefined) load.requests++;
    }
    for (const { backend, atMs } of started) {
      const load = loads.get(backend);
      if (load === undefined) continue;
      const end = finished.find((entry) => entry.backend === backend && entry.atMs >= atMs);
      // Killed while at work, at an unknown time: so it is not counted as in flight.
      if (end !== undefined) load.changes.push({ atMs, by: 1 }, { atMs: end.atMs, by: -1 });
    }
  }
  const backends = [...loads].map(([id, { requests, changes }]) => ({
    id,
    requests,
    share: attempts === 0 ? 0 : requests / attempts,
    peakInFlight: peakOf(changes),
  }));
  return { attempts, retries: attempts - reached, servedTwice, unfounded, backends };
}

function peakOf(changes: BackendLoad['changes']): number {
  changes.sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  let inFlight = 0;
  let peak = 0;
  for (const { by } of changes) {
    inFlight += by;
    peak = Math.max(peak, inFlight);
  }
  return peak;
}

/** As far as the answers tell, where the backends' journals are not at hand (`--backends`). */
export function countsByAnswer(measured: readonly MeasuredRequest[]): BackendCounts[] {
  const counts = new Map<string, number>();
  for (const { backend } of measured) {
    if (backend !== '') counts.set(backend, (counts.get(backend) ?? 0) + 1);
  }
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  return [...counts].map(([id, requests]) => ({
    id,
    requests,
    share: requests / total,
    peakInFlight: null,
  }));
}
