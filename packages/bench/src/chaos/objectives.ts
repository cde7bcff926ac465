/** What a run is judged by: the scenario's objectives, and the counts that have to be 0 in any. */

import type { Objective, Run, Status } from '@evenkeel/report';
import type { Scenario } from '@evenkeel/sim';
import type { Accounting } from '../measure/accounting.ts';
import type { Outcome } from '../measure/fate.ts';
import { isGood, STEADY_WINDOWS, WINDOW_MS, windowsOf } from '../measure/windows.ts';

/** Counts that are nobody's objective but everybody's duty; null where they cannot be known. */
export interface Duties {
  readonly accounting: Accounting | null;
  /** Requests sent to a backend that the balancer itself had declared dead. */
  readonly toKnownDead: number | null;
}

/** Every objective with what was measured and its verdict; a void run's are all `unknown`. */
export function judgeRun(
  run: Run,
  { objectives, load }: Pick<Scenario, 'objectives' | 'load'>,
  { accounting, toKnownDead }: Duties,
): Objective[] {
  const { availability, p99Ms, recoverMs, detectMs, amplification } = objectives;
  const { sent, ok, lost } = run.requests;
  const rows: Objective[] = [];
  const add = (
    name: string,
    limit: number | undefined,
    measured: number | null,
    verdict: Status,
  ): void => {
    if (limit === undefined) return;
    rows.push({ name, limit, measured, verdict: run.valid ? verdict : 'unknown' });
  };
  const atMost = (name: string, limit: number | undefined, measured: number | null): void =>
    add(name, limit, measured, measured === null ? 'unknown' : passIf(measured <= (limit ?? 0)));
  const share = sent === 0 ? null : ok / sent;
  add(
    'availability',
    availability,
    share,
    share === null ? 'unknown' : passIf(share >= (availability ?? 0)),
  );
  atMost('p99Ms', p99Ms, run.latencyMs.p99);
  add('detectMs', detectMs, run.detectMs, detectVerdict(run, detectMs ?? 0));
  add('recoverMs', recoverMs, run.recoverMs, recoverVerdict(run, recoverMs ?? 0, load.durationMs));
  const perRequest = accounting === null || sent === 0 ? null : accounting.attempts / sent;
  atMost('amplification', amplification, perRequest);
  atMost('lost', 0, lost);
  atMost('servedTwice', 0, accounting?.servedTwice.length ?? null);
  atMost('unfounded', 0, accounting?.unfounded.length ?? null);
  if (toKnownDead !== null) atMost('toKnownDead', 0, toKnownDead);
  return rows;
}

function passIf(condition: boolean): Status {
  return condition ? 'pass' : 'fail';
}

/** A time that was not reached fails only where there was time enough to reach it. */
function detectVerdict({ detectMs, faults }: Run, limit: number): Status {
  if (detectMs !== null) return passIf(detectMs <= limit);
  const [first] = faults;
  if (first === undefined) return 'unknown';
  const lasted = (first.endMs ?? Number.POSITIVE_INFINITY) - first.startMs;
  return lasted >= limit + WINDOW_MS ? 'fail' : 'unknown';
}

function recoverVerdict({ recoverMs, faults }: Run, limit: number, durationMs: number): Status {
  if (recoverMs !== null) return passIf(recoverMs <= limit);
  if (faults.length === 0) return 'unknown';
  const lastEndMs = Math.max(...faults.map(({ endMs }) => endMs ?? durationMs));
  return durationMs - lastEndMs >= limit + STEADY_WINDOWS * WINDOW_MS ? 'fail' : 'unknown';
}

/**
 * Whether all was well before the first fault, in the last four windows or as many as there are: a
 * fleet that is ill already has no steady state to come back to.
 */
export function steadyBefore(
  outcomes: readonly Outcome[],
  run: Run,
  { objectives }: Pick<Scenario, 'objectives'>,
): boolean {
  const [first] = run.faults;
  if (first === undefined) return true;
  const windows = Math.min(STEADY_WINDOWS, Math.floor(first.startMs / WINDOW_MS));
  const fromMs = first.startMs - windows * WINDOW_MS;
  return windowsOf(outcomes, fromMs, first.startMs).every((window) => isGood(window, objectives));
}

/** One failure fails all; otherwise one unknown leaves all unknown. */
export function overall(verdicts: readonly Status[]): Status {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'pass';
}
