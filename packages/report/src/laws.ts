/** The laws of results.json that its types cannot say, as functions for those who write it. */

import { type RequestCounts, type Run, SIMULATED } from './results.ts';

/** Requests that ended in an error with a known cause; lost ones are not among them. */
export function errorTotal(requests: RequestCounts): number {
  return Object.values(requests.errors).reduce((sum, count) => sum + count, 0);
}

/** What `sent` has to be, whatever happened: `ok` + Σ errors + `lost`. */
export function accountedFor(requests: RequestCounts): number {
  return requests.ok + errorTotal(requests) + requests.lost;
}

/** The name of a run's arm in comparisons: `evenkeel/round-robin`, `nginx/least_conn`. */
export function armOf(run: Pick<Run, 'subject' | 'strategy'>): string {
  return `${run.subject}/${run.strategy}`;
}

export function isSimulated(run: Pick<Run, 'subject'>): boolean {
  return run.subject === SIMULATED;
}
