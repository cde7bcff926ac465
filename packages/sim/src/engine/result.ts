/** What comes out of a run. */

import type { PoolEvent } from '@evenkeel/core';
import type { Histogram, RequestWindow } from '@evenkeel/core/stats';
import type { ResolvedFault } from '../scenario/faults.ts';
import { jainIndex, maxOverMean } from '../stats/fairness.ts';
import type { MeanInterval } from '../stats/mean-interval.ts';
import type { RequestCounts } from '../stats/recorder.ts';

/** One backend's part. */
export interface BackendResult {
  readonly id: string;
  /** Attempts that it was sent after the warm-up. */
  readonly requests: number;
  /** Of all of them. */
  readonly share: number;
  readonly peakInFlight: number;
}

/** A health event of one of the balancers. */
export interface BalancerEvent extends PoolEvent {
  readonly balancer: number;
}

/** What comes out of a run; unless it says otherwise, of the time after the warm-up. */
export interface SimulationResult extends MeanInterval {
  readonly seed: number;
  readonly requests: RequestCounts;
  readonly attempts: number;
  readonly retries: number;
  /** Requests that are not idempotent. */
  readonly posts: number;
  /** Requests that are not idempotent and were worked off more than once. */
  readonly servedTwice: number;
  /** Response times of ok answers. */
  readonly response: Histogram;
  /** Times that these spent in a backend's queue; undefined unless asked for. */
  readonly queueing: Histogram | undefined;
  /** Time over which requests were sent. */
  readonly measuredMs: number;
  /** Requests in a backend's queue, in the mean over time and backends. */
  readonly meanQueue: number;
  /** Share of slots at work, in the mean over time. */
  readonly utilization: number;
  readonly backends: readonly BackendResult[];
  readonly fairness: { readonly jain: number; readonly maxOverMean: number };
  readonly timeline: readonly RequestWindow[];
  /** With a timeline: windows of 500 ms from the start of the first fault, and from the end of the last. */
  readonly sinceFaults: ReadonlyMap<number, readonly RequestWindow[]>;
  /** Share of arrivals that found k requests at a backend, k = 0 …; empty unless asked for. */
  readonly queueLengths: readonly number[];
  readonly faults: readonly ResolvedFault[];
  readonly events: readonly BalancerEvent[];
  /** Events of the whole run, and its length in virtual time. */
  readonly eventCount: number;
  readonly endedMs: number;
  readonly traceHash: string;
}

/** Each backend's share, from the counts. */
export function backendResults(
  backends: readonly {
    readonly id: string;
    readonly requests: number;
    readonly peakInFlight: number;
  }[],
): Pick<SimulationResult, 'backends' | 'fairness'> {
  const counts = backends.map((backend) => backend.requests);
  const total = counts.reduce((a, b) => a + b, 0);
  return {
    backends: backends.map(({ id, requests, peakInFlight }) => ({
      id,
      requests,
      share: total === 0 ? 0 : requests / total,
      peakInFlight,
    })),
    fairness: { jain: jainIndex(counts), maxOverMean: maxOverMean(counts) },
  };
}
