/** From what a run left behind to its record in results.json. */

import type { Account } from '@evenkeel/backends';
import { histogramOf } from '@evenkeel/core/stats';
import {
  type FaultBand,
  type Run,
  responseTimes,
  timelineOf,
  timesFrom,
  withLoads,
} from '@evenkeel/report';
import type { Scenario } from '@evenkeel/sim';
import { type Accounting, account, countsByAnswer } from '../measure/accounting.ts';
import { honestyOf } from '../measure/honesty.ts';
import {
  countRequests,
  isAnswered,
  type MeasuredRequest,
  measuredRequests,
  windowsOf,
} from '../measure/requests.ts';
import { visitsOf } from '../measure/visits.ts';
import { voidReason } from '../measure/void.ts';
import type { Arm, RawRun } from './stage.ts';

/** Where a run stands among the others. */
export interface Place {
  readonly arm: Arm;
  readonly round: number;
  readonly order: number;
  readonly seed: number;
  /** Wall clock (ms) of the whole command's start. */
  readonly commandEpochMs: number;
}

/** A run's record, and the requests that it was made from. */
export interface RunRecord {
  readonly run: Run;
  readonly measured: readonly MeasuredRequest[];
  /** Whether the counts can be relied on, were the generator never on time. */
  readonly countsHold: boolean;
  /** Of all requests, those of the warm-up included. */
  readonly ids: readonly string[];
  /** Wall clock (ms) of the end of the warm-up, from which the time line counts. */
  readonly zeroEpochMs: number;
  /** The subject balances over backends of its own, whose journals are not ours. */
  readonly isElsewhere: boolean;
}

/** The record without the backends' side of the story, which `withAccounting` adds. */
export function recordOf(
  scenario: Pick<Scenario, 'name' | 'load' | 'objectives'>,
  { arm, round, order, seed, commandEpochMs }: Place,
  raw: RawRun,
): RunRecord {
  const { warmupMs, durationMs } = scenario.load;
  const all = measuredRequests(raw.job, raw.samples, 0, raw.subjectExitedEpochMs);
  const measured = measuredRequests(raw.job, raw.samples, warmupMs, raw.subjectExitedEpochMs);
  const okMs = measured.filter(({ outcome }) => outcome === 'ok').map(({ latencyMs }) => latencyMs);
  const response = timesFrom(histogramOf(okMs));
  const requests = countRequests(measured);
  const generator = honestyOf(raw.job, raw.samples, { warmupMs, durationMs });
  const reason = raw.samples.cutShort ?? voidReason(generator, requests, response.latencyMs.p50);
  const faults = bandsOf(raw, warmupMs);
  const run: Run = {
    scenario: scenario.name,
    subject: arm.subject.name,
    strategy: arm.label,
    round,
    order,
    seed,
    startedMs: Math.max(0, raw.samples.startedEpochMs - commandEpochMs),
    valid: reason === null,
    ...(reason === null ? {} : { void: reason }),
    requests,
    attempts: null,
    retries: null,
    posts: measured.filter(({ post }) => post).length,
    servedTwice: null,
    ...response,
    throughput: (requests.ok * 1000) / durationMs,
    timeline: timelineOf(windowsOf(measured, 0, durationMs)),
    faults,
    objectives: [],
    ...responseTimes(faults, scenario.objectives, durationMs, (fromMs) =>
      windowsOf(measured, fromMs, durationMs),
    ),
    backends: countsByAnswer(measured),
    generator,
    cpuUsPerRequest: cpuPerAnswer(raw.cpuUs, all),
    rssBytes: raw.rssBytes,
  };
  return {
    run,
    measured,
    countsHold: raw.samples.cutShort === null,
    ids: all.map(({ id }) => id),
    zeroEpochMs: zeroOf(raw, warmupMs),
    isElsewhere: arm.subject.isElsewhere,
  };
}

/** Over the whole run, the warm-up included: the processor did not rest in it. */
function cpuPerAnswer(cpuUs: number | null, all: readonly MeasuredRequest[]): number | null {
  if (cpuUs === null) return null;
  const answered = all.filter(isAnswered);
  return answered.length === 0 ? null : cpuUs / answered.length;
}

function zeroOf({ samples }: RawRun, warmupMs: number): number {
  return samples.startedEpochMs + warmupMs;
}

function bandsOf(raw: RawRun, warmupMs: number): FaultBand[] {
  const zeroEpochMs = zeroOf(raw, warmupMs);
  return raw.faults.map(({ kind, target, startEpochMs, endEpochMs }) => ({
    kind,
    target,
    startMs: startEpochMs - zeroEpochMs,
    endMs: endEpochMs === null ? null : endEpochMs - zeroEpochMs,
  }));
}

/** Adds attempts, retries, doubled requests and the load of each backend from the backends' journals. */
export function withAccounting(
  record: RunRecord,
  byRequest: ReadonlyMap<string, Account>,
  backendIds: readonly string[],
): { readonly run: Run; readonly accounting: Accounting } {
  const accounting = account(record.measured, byRequest, backendIds);
  const run: Run = {
    ...record.run,
    attempts: accounting.attempts,
    // What a frozen process has not read when the run ends reached it all the same.
    attemptsAtLeast: record.run.faults.some(
      ({ kind, endMs }) => kind === 'freeze' && endMs === null,
    ),
    retries: accounting.retries,
    servedTwice: accounting.servedTwice.length,
    backends: withLoads(
      accounting.backends,
      visitsOf(record.ids, byRequest, record.zeroEpochMs),
      record.run.timeline,
    ),
  };
  return { run, accounting };
}
