/** A simulated run in the form of results.json, so that it can stand beside live ones. */

import { latencyOf, type Run, type ScenarioSummary, SIMULATED, timesFrom } from '@evenkeel/report';
import type { SimulationResult } from '../engine/result.ts';
import type { Scenario } from '../scenario/types.ts';
import { judge } from './judge.ts';
import { steadyTimes } from './steady.ts';

/** Where a run stands among others; from 1. */
export interface RunPlace {
  readonly strategy: string;
  readonly round: number;
  readonly order: number;
  /** From the start of the whole command. */
  readonly startedMs: number;
}

function timelineOf(result: SimulationResult): Run['timeline'] {
  return result.timeline.map(({ tMs, n, ok, errors, response }) => {
    const { p50, p90, p99, max } = latencyOf(response);
    return { tMs, n, ok, errors, p50, p90, p99, max };
  });
}

/** The record of a run that kept its timeline. */
export function simulatedRun(scenario: Scenario, result: SimulationResult, place: RunPlace): Run {
  const { warmupMs } = scenario.load;
  const times = steadyTimes(scenario, result);
  const response = timesFrom(result.response);
  return {
    scenario: scenario.name,
    subject: SIMULATED,
    ...place,
    seed: result.seed,
    valid: true,
    requests: result.requests,
    attempts: result.attempts,
    retries: result.retries,
    servedTwice: result.servedTwice,
    ...response,
    throughput: (result.requests.ok * 1000) / result.measuredMs,
    timeline: timelineOf(result),
    faults: result.faults.map(({ fault, target, startMs, endMs }) => ({
      kind: fault.kind,
      target,
      startMs: startMs - warmupMs,
      endMs: endMs === undefined ? null : endMs - warmupMs,
    })),
    objectives: judge(scenario, result, { ...times, p99Ms: response.latencyMs.p99 }),
    ...times,
    backends: result.backends,
    generator: null,
    cpuUsPerRequest: null,
    rssBytes: null,
  };
}

/** A scenario as results.json carries it. */
export function scenarioSummary(scenario: Scenario): ScenarioSummary {
  return {
    ...scenario,
    fleet: scenario.fleet.map((entry) => ({ ...entry, service: { ...entry.service } })),
    load: { ...scenario.load },
  };
}
