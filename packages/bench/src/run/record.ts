/** From what a run left behind to its record in results.json. */

import type { Account } from '@evenkeel/backends';
import { histogramOf } from '@evenkeel/core/stats';
import { type FaultBand, type Generator, type Run, timesFrom } from '@evenkeel/report';
import type { Scenario } from '@evenkeel/sim';
import { type Accounting, account, countsByAnswer } from '../measure/accounting.ts';
import { countRequests, type Outcome, outcomesOf } from '../measure/fate.ts';
import { nearestRank } from '../measure/latency.ts';
import { voidReason } from '../measure/void.ts';
import { timelineOf, timeToSteadyMs } from '../measure/windows.ts';
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

/** A run's record, and the outcomes that it was made from. */
export interface RunRecord {
  readonly run: Run;
  readonly outcomes: readonly Outcome[];
}

/** The record without the backends' side of the story, which `withAccounting` adds. */
export function recordOf(
  scenario: Pick<Scenario, 'name' | 'load' | 'objectives'>,
  { arm, round, order, seed, commandEpochMs }: Place,
  raw: RawRun,
): RunRecord {
  const { warmupMs, durationMs } = scenario.load;
  const outcomes = outcomesOf(raw.job, raw.samples, warmupMs, raw.subjectExitedEpochMs);
  const okMs = outcomes.filter(({ fate }) => fate === 'ok').map(({ latencyMs }) => latencyMs);
  const response = timesFrom(histogramOf(okMs));
  const requests = countRequests(outcomes);
  const generator = generatorOf(raw, outcomes, durationMs);
  const reason = raw.samples.cutShort ?? voidReason(generator, requests, response.latencyMs.p50);
  const faults = bandsOf(raw, warmupMs);
  const answered = raw.samples.ending.filter((code) => code === 0).length;
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
    servedTwice: null,
    ...response,
    throughput: (requests.ok * 1000) / durationMs,
    timeline: timelineOf(outcomes, durationMs),
    faults,
    objectives: [],
    ...responseTimes(outcomes, scenario, faults),
    backends: countsByAnswer(outcomes),
    generator,
    cpuUsPerRequest: raw.cpuUs === null || answered === 0 ? null : raw.cpuUs / answered,
    rssBytes: raw.rssBytes,
  };
  return { run, outcomes };
}

function generatorOf(raw: RawRun, outcomes: readonly Outcome[], durationMs: number): Generator {
  const { loopLagP99Ms, cpu } = raw.samples;
  if (raw.job.kind === 'closed') {
    const achievedRate = (outcomes.length * 1000) / durationMs;
    return { plannedRate: null, achievedRate, latenessP99Ms: null, loopLagP99Ms, cpu };
  }
  const latenessMs = outcomes.map((outcome) => outcome.latenessMs).sort((a, b) => a - b);
  const last = outcomes.at(-1);
  const lastSentMs = last === undefined ? 0 : last.atMs + last.latenessMs;
  return {
    plannedRate: (outcomes.length * 1000) / durationMs,
    // Sent in the time that the sending took, should it have taken longer than planned.
    achievedRate: (outcomes.length * 1000) / Math.max(durationMs, lastSentMs),
    latenessP99Ms: latenessMs.length === 0 ? 0 : nearestRank(latenessMs, 0.99),
    loopLagP99Ms,
    cpu,
  };
}

function bandsOf({ faults, samples }: RawRun, warmupMs: number): FaultBand[] {
  const zeroEpochMs = samples.startedEpochMs + warmupMs;
  return faults.map(({ kind, target, startEpochMs, endEpochMs }) => ({
    kind,
    target,
    startMs: startEpochMs - zeroEpochMs,
    endMs: endEpochMs === null ? null : endEpochMs - zeroEpochMs,
  }));
}

/** How soon the run was back within its objectives: while the first fault lasted, and after the last. */
function responseTimes(
  outcomes: readonly Outcome[],
  { objectives, load }: Pick<Scenario, 'objectives' | 'load'>,
  faults: readonly FaultBand[],
): Pick<Run, 'detectMs' | 'recoverMs'> {
  const [first] = faults;
  if (first === undefined) return { detectMs: null, recoverMs: null };
  const { durationMs } = load;
  const ends = faults.map(({ endMs }) => endMs ?? Number.POSITIVE_INFINITY);
  const firstEndMs = Math.min(durationMs, first.endMs ?? durationMs);
  const lastEndMs = Math.max(...ends);
  const steady = (fromMs: number, firstBeforeMs: number): number | null =>
    timeToSteadyMs(outcomes, objectives, fromMs, durationMs, firstBeforeMs);
  return {
    detectMs: steady(first.startMs, firstEndMs),
    recoverMs: lastEndMs >= durationMs ? null : steady(lastEndMs, durationMs),
  };
}

/** Adds attempts, retries, doubled requests and requests per backend from the backends' journals. */
export function withAccounting(
  record: RunRecord,
  byRequest: ReadonlyMap<string, Account>,
  backendIds: readonly string[],
): { readonly run: Run; readonly accounting: Accounting } {
  const accounting = account(record.outcomes, byRequest, backendIds);
  const run: Run = {
    ...record.run,
    attempts: accounting.attempts,
    retries: accounting.retries,
    servedTwice: accounting.servedTwice.length,
    backends: accounting.backends,
  };
  return { run, accounting };
}
