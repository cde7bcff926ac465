/** A simulated run in the form of results.json, so that it can stand beside live ones. */

import { percentileOrNull, type Run, type ScenarioSummary, SIMULATED } from '@evenkeel/report';
import {
  build,
  encodeIntoCompressedBase64,
  type Histogram as HdrHistogram,
} from 'hdr-histogram-js';
import type { SimulationResult } from '../engine/result.ts';
import type { Scenario } from '../scenario/types.ts';
import type { Histogram } from '../stats/histogram.ts';
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

function toHdr(histogram: Histogram): HdrHistogram {
  const hdr = build({ numberOfSignificantValueDigits: 3 });
  // Below its smallest value, 1 µs, an HdrHistogram has nothing.
  for (const [microseconds, count] of histogram.cells()) {
    hdr.recordValueWithCount(Math.max(1, microseconds), count);
  }
  return hdr;
}

function latencyMs(histogram: Histogram, hdr: HdrHistogram): Run['latencyMs'] {
  const isEmpty = histogram.count === 0;
  return {
    mean: isEmpty ? null : histogram.meanMs,
    p50: percentileOrNull(hdr, 0.5),
    p90: percentileOrNull(hdr, 0.9),
    p99: percentileOrNull(hdr, 0.99),
    p999: percentileOrNull(hdr, 0.999),
    max: isEmpty ? null : histogram.maxMs,
  };
}

function timelineOf(result: SimulationResult): Run['timeline'] {
  return result.timeline.map(({ tMs, n, ok, errors, response }) => {
    const { p50, p90, p99, max } = latencyMs(response, toHdr(response));
    return { tMs, n, ok, errors, p50, p90, p99, max };
  });
}

/** The record of a run that kept its timeline. */
export function simulatedRun(scenario: Scenario, result: SimulationResult, place: RunPlace): Run {
  const { warmupMs } = scenario.load;
  const hdr = toHdr(result.response);
  const times = steadyTimes(scenario, result);
  const latency = latencyMs(result.response, hdr);
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
    latencyMs: latency,
    histogram: result.response.count === 0 ? null : encodeIntoCompressedBase64(hdr),
    throughput: (result.requests.ok * 1000) / result.measuredMs,
    timeline: timelineOf(result),
    faults: result.faults.map(({ fault, target, startMs, endMs }) => ({
      kind: fault.kind,
      target,
      startMs: startMs - warmupMs,
      endMs: endMs === undefined ? null : endMs - warmupMs,
    })),
    objectives: judge(scenario, result, { ...times, p99Ms: latency.p99 }),
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
