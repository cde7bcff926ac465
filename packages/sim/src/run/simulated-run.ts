/** A simulated run in the form of results.json, so that it can stand beside live ones. */

import type { RequestWindow } from '@evenkeel/core/stats';
import {
  judgeRun,
  type Run,
  responseTimes,
  type ScenarioSummary,
  SIMULATED,
  timelineOf,
  timesFrom,
  type Visit,
  withLoads,
} from '@evenkeel/report';
import type { SimulationResult } from '../engine/result.ts';
import type { Scenario } from '../scenario/types.ts';

/** Where a run stands among others; from 1. */
export interface RunPlace {
  readonly strategy: string;
  readonly round: number;
  readonly order: number;
  /** From the start of the whole command. */
  readonly startedMs: number;
}

/** The record of a run that kept its timeline; with the load of each backend where visits are given. */
export function simulatedRun(
  scenario: Scenario,
  result: SimulationResult,
  place: RunPlace,
  visits: readonly Visit[] = [],
): Run {
  const { objectives, load } = scenario;
  const { warmupMs, durationMs } = load;
  const response = timesFrom(result.response);
  const faults = result.faults.map(({ fault, target, startMs, endMs }) => ({
    kind: fault.kind,
    target,
    startMs: startMs - warmupMs,
    endMs: endMs === undefined ? null : endMs - warmupMs,
  }));
  const windowsFrom = (fromMs: number): readonly RequestWindow[] =>
    result.sinceFaults.get(fromMs) ?? [];
  const timeline = timelineOf(result.timeline);
  const { backends } = result;
  const run: Run = {
    scenario: scenario.name,
    subject: SIMULATED,
    ...place,
    seed: result.seed,
    valid: true,
    requests: result.requests,
    attempts: result.attempts,
    retries: result.retries,
    posts: result.posts,
    servedTwice: result.servedTwice,
    ...response,
    throughput: (result.requests.ok * 1000) / result.measuredMs,
    timeline,
    faults,
    objectives: [],
    ...responseTimes(faults, objectives, durationMs, windowsFrom),
    backends: visits.length === 0 ? backends : withLoads(backends, visits, timeline),
    generator: null,
    cpuUsPerRequest: null,
    rssBytes: null,
  };
  return { ...run, objectives: judgeRun(run, objectives, { durationMs }) };
}

/** A scenario as results.json carries it. */
export function scenarioSummary(scenario: Scenario): ScenarioSummary {
  return {
    ...scenario,
    fleet: scenario.fleet.map((entry) => ({ ...entry, service: { ...entry.service } })),
    load: { ...scenario.load },
  };
}
