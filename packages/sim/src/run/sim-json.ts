/** The figures of one run as `pnpm sim --json` writes them: `evenkeel.sim/1`. */

import type { Distribution } from '@evenkeel/core';
import type { Histogram } from '@evenkeel/core/stats';
import type { SimulationResult } from '../engine/result.ts';

export const SIM_SCHEMA = 'evenkeel.sim/1';

/** Response times in the run's unit; a percentile is null with too few samples to bear it. */
export interface ResponseJson {
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
  /** 95 % interval of the mean. */
  readonly meanInterval: readonly [low: number, high: number] | null;
  /** Requests that it takes for an interval; null where no number is enough. */
  readonly requestsForInterval: number | null;
}

/** One run. */
export interface SimJson {
  readonly schema: typeof SIM_SCHEMA;
  /** `service`: multiples of the mean service time. */
  readonly unit: 'service' | 'ms';
  readonly serviceMean: number;
  /** Absent for a model. */
  readonly scenario?: string | undefined;
  readonly strategy: string;
  readonly servers: number;
  /** Utilisation asked of each slot; null in a closed load. */
  readonly load: number | null;
  /** Requests sent and counted. */
  readonly requests: number;
  /** Of these, answered without an error. */
  readonly ok: number;
  readonly seed: number;
  readonly response: ResponseJson;
  /** What has to be known before these figures are believed; absent where nothing has. */
  readonly warnings?: readonly string[] | undefined;
  /** Requests in a server's queue, in the mean. */
  readonly meanQueue: number;
  readonly utilization: number;
  readonly perServer: readonly {
    readonly id: string;
    readonly requests: number;
    readonly share: number;
  }[];
  readonly fairness: { readonly jain: number; readonly maxOverMean: number };
  /** What theory says, where it has a closed form. */
  readonly theory?: { readonly name: string; readonly mean: number } | undefined;
  /** Speed of the simulator; absent in sweeps, whose files are the same on every machine. */
  readonly requestsPerSecond?: number | undefined;
  readonly eventsPerSecond?: number | undefined;
  readonly traceHash: string;
}

/** What is wrong with asking for a steady state here; `load` is the utilisation asked of each slot. */
export function warningsOf(load: number | null, services: Iterable<Distribution>): string[] {
  const warnings: string[] = [];
  if (load !== null && load >= 1) {
    warnings.push(`at load ${load} queues grow without end: the figures tell how long the run was`);
  }
  if ([...services].some(({ squaredCv }) => squaredCv === Infinity)) {
    warnings.push('service times have no finite variance: no run is long enough for an interval');
  }
  return warnings;
}

/** Ten samples beyond a percentile on average, or it is not told. */
function quantile(histogram: Histogram, p: number, unitMs: number): number | null {
  if (histogram.count * (1 - p) < 10 - 1e-6) return null;
  return histogram.quantileMs(p) / unitMs;
}

/** Response times in units of `unitMs`. */
export function responseJson(result: SimulationResult, unitMs: number): ResponseJson {
  const { response, meanIntervalMs, requestsForInterval } = result;
  const isEmpty = response.count === 0;
  return {
    mean: isEmpty ? null : response.meanMs / unitMs,
    p50: quantile(response, 0.5, unitMs),
    p90: quantile(response, 0.9, unitMs),
    p99: quantile(response, 0.99, unitMs),
    p999: quantile(response, 0.999, unitMs),
    max: isEmpty ? null : response.maxMs / unitMs,
    meanInterval: meanIntervalMs ? [meanIntervalMs[0] / unitMs, meanIntervalMs[1] / unitMs] : null,
    requestsForInterval: Number.isFinite(requestsForInterval) ? requestsForInterval : null,
  };
}
