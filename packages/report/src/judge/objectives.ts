/** What a run is judged by: its scenario's objectives, and the counts that have to be 0 in any. */

import { WINDOW_MS } from '@evenkeel/core/stats';
import type { Objective, Run, Status } from '../results.ts';
import { faultSpan, STEADY_WINDOWS } from './steady.ts';
import type { Objectives } from './windows.ts';

/** Counts that have to be 0 whatever the scenario asks for; null where they cannot be known. */
export interface Violations {
  /** Requests that are not idempotent and were served more than once. */
  readonly servedTwice: number | null;
  /** Answers that no backend had given. */
  readonly unfounded: number | null;
  /** Requests sent to a backend that the balancer itself had declared dead; undefined: not judged. */
  readonly toKnownDead?: number | null | undefined;
}

/** What the judge looks at. */
export interface JudgedRun
  extends Pick<Run, 'valid' | 'requests' | 'attempts' | 'faults' | 'detectMs' | 'recoverMs'> {
  readonly latencyMs: Pick<Run['latencyMs'], 'p99'>;
  /** Attempts may have been more than were counted; default false. */
  readonly attemptsAtLeast?: boolean | undefined;
  /** POSTs among the requests; undefined: not known. */
  readonly posts?: number | undefined;
}

/** What else the judge has to know. */
export interface JudgeOptions {
  /** Of the load, without the warm-up. */
  readonly durationMs: number;
  /** Asks for the counts that have to be 0, too; without it only the objectives are judged. */
  readonly violations?: Violations | undefined;
  /** False: not even the counts of this run can be relied on; default true. */
  readonly countsHold?: boolean | undefined;
}

/**
 * Every objective with what was measured and its verdict. A generator that was late makes figures of
 * time `unknown`; the counts of such a run hold all the same.
 */
export function judgeRun(
  run: JudgedRun,
  objectives: Objectives,
  { durationMs, violations, countsHold = true }: JudgeOptions,
): Objective[] {
  const { sent, ok, lost } = run.requests;
  const judged: Objective[] = [];
  const add = (
    trusted: boolean,
    found: Omit<Objective, 'limit'> & { limit?: number | undefined },
  ) => {
    const { limit } = found;
    if (limit === undefined) return;
    judged.push({ ...found, limit, verdict: trusted ? found.verdict : 'unknown' });
  };
  const time = (name: string, limit: number | undefined, measured: number | null, ifNull: Status) =>
    add(run.valid, { name, limit, measured, verdict: atMost(measured, limit, ifNull) });
  const count = (name: string, measured: number | null, note?: string) =>
    add(countsHold, {
      name,
      limit: 0,
      measured,
      verdict: atMost(measured, 0, 'unknown'),
      ...(note === undefined ? {} : { note }),
    });
  const { availability, p99Ms, detectMs, recoverMs, amplification } = objectives;
  const share = sent === 0 ? null : ok / sent;
  const isAvailable = share === null ? 'unknown' : passIf(share >= (availability ?? 0));
  add(countsHold, {
    name: 'availability',
    limit: availability,
    measured: share,
    verdict: isAvailable,
  });
  time('p99Ms', p99Ms, run.latencyMs.p99, 'unknown');
  time('detectMs', detectMs, run.detectMs, missedDetection(run, detectMs ?? 0, durationMs));
  time('recoverMs', recoverMs, run.recoverMs, missedRecovery(run, recoverMs ?? 0, durationMs));
  add(countsHold, { ...amplificationOf(run, amplification ?? 0), limit: amplification });
  if (violations === undefined) return judged;
  count('lost', lost);
  const noPost = run.posts === 0 ? 'no POST was sent' : undefined;
  count('servedTwice', violations.servedTwice, noPost);
  count('unfounded', violations.unfounded);
  if (violations.toKnownDead !== undefined) count('toKnownDead', violations.toKnownDead);
  return judged;
}

/** Names of the counts that have to be 0: one that is not fails a run, whatever else is unknown. */
const VIOLATIONS: ReadonlySet<string> = new Set([
  'lost',
  'servedTwice',
  'unfounded',
  'toKnownDead',
]);

/** Whether a count that has to be 0 is not. */
export function isViolation({ name, verdict }: Pick<Objective, 'name' | 'verdict'>): boolean {
  return VIOLATIONS.has(name) && verdict === 'fail';
}

/** Whether an objective is one of time, which a late generator leaves unjudged. */
export function isTime({ name }: Pick<Objective, 'name'>): boolean {
  return name.endsWith('Ms');
}

function passIf(condition: boolean): Status {
  return condition ? 'pass' : 'fail';
}

function atMost(measured: number | null, limit: number | undefined, ifNull: Status): Status {
  return measured === null ? ifNull : passIf(measured <= (limit ?? 0));
}

/** A time that was not reached fails only where there was time enough to reach it. */
function missedDetection({ faults }: JudgedRun, limitMs: number, durationMs: number): Status {
  const span = faultSpan(faults, durationMs);
  if (span === null) return 'unknown';
  return span.firstEndMs - span.firstStartMs >= limitMs + WINDOW_MS ? 'fail' : 'unknown';
}

function missedRecovery({ faults }: JudgedRun, limitMs: number, durationMs: number): Status {
  const span = faultSpan(faults, durationMs);
  if (span === null) return 'unknown';
  const leftMs = durationMs - span.lastEndMs;
  return leftMs >= limitMs + STEADY_WINDOWS * WINDOW_MS ? 'fail' : 'unknown';
}

/** Attempts that may be more than were counted can fail, but never pass. */
function amplificationOf(run: JudgedRun, limit: number): Omit<Objective, 'limit'> {
  const { attempts, requests, attemptsAtLeast = false } = run;
  const measured = attempts === null || requests.sent === 0 ? null : attempts / requests.sent;
  const verdict = atMost(measured, limit, 'unknown');
  const hidden = attemptsAtLeast && measured !== null;
  return {
    name: 'amplification',
    measured,
    verdict: hidden && verdict === 'pass' ? 'unknown' : verdict,
    ...(hidden ? { note: 'at least' } : {}),
  };
}

/** One failure fails all; otherwise one unknown leaves all unknown, as nothing at all does. */
export function overall(verdicts: readonly Status[]): Status {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'pass';
}
