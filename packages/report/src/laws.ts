/** The laws of results.json that its types cannot say, as functions for those who write it. */

import {
  type Comparison,
  type RequestCounts,
  type Run,
  SIMULATED,
  type Times,
  type TimesOf,
} from './results.ts';

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

/** An arm's name among others: the subject is named only where there are several. */
export function shortName(arm: string, arms: Iterable<string>): string {
  const subjects = new Set([...arms].map((one) => one.slice(0, one.indexOf('/'))));
  return subjects.size > 1 ? arm : arm.slice(arm.indexOf('/') + 1);
}

/** A run's response times, or their part that was not service; undefined where that was not measured. */
export function timesOf(run: Run, of: TimesOf): Times | undefined {
  return of === 'queueing' ? run.queueing : run;
}

export function isSimulated(run: Pick<Run, 'subject'>): boolean {
  return run.subject === SIMULATED;
}

/** A comparison of the simulator with a live run of the same requests. */
export function isAgainstSimulator({ a, b }: Pick<Comparison, 'a' | 'b'>): boolean {
  return a.startsWith(`${SIMULATED}/`) && !b.startsWith(`${SIMULATED}/`);
}

/** The simulator with a strategy that did not run live: it has to be told apart. */
export function isControl({ a, b }: Pick<Comparison, 'a' | 'b'>): boolean {
  return a.slice(a.indexOf('/')) !== b.slice(b.indexOf('/'));
}

/** The reference once more (A/A): it measures the machine, and takes part in no conclusion. */
export function isGuard({ a, b }: Pick<Comparison, 'a' | 'b'>): boolean {
  return a === `${b}#2`;
}
