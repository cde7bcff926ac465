/** Runs with figures of our choice, for the tests of what is concluded from runs. */

import { normalQuantile, type Random } from '@evenkeel/core';
import { ERROR_CAUSES, type Run } from '@evenkeel/report';

/** A normal variate of mean 0 and deviation 1. */
export function gaussian(random: Random): number {
  return normalQuantile(random.next());
}

/** A valid run without faults whose p99 is as given. */
export function runWith(
  strategy: string,
  round: number,
  p99: number,
  more: Partial<Run> = {},
): Run {
  const errors = Object.fromEntries(ERROR_CAUSES.map((cause) => [cause, 0]));
  return {
    scenario: 's',
    subject: 'evenkeel',
    strategy,
    round,
    order: 1,
    seed: 1,
    startedMs: 0,
    valid: true,
    requests: { sent: 1000, ok: 1000, errors: errors as Run['requests']['errors'], lost: 0 },
    attempts: 1000,
    retries: 0,
    servedTwice: 0,
    latencyMs: { mean: p99 / 4, p50: p99 / 5, p90: p99 / 2, p99, p999: null, max: p99 * 2 },
    histogram: null,
    throughput: 500,
    timeline: [],
    faults: [],
    objectives: [],
    detectMs: null,
    recoverMs: null,
    backends: [],
    generator: {
      plannedRate: 500,
      achievedRate: 500,
      latenessP99Ms: 1,
      loopLagP99Ms: 1,
      cpu: 0.1,
    },
    cpuUsPerRequest: 50,
    rssBytes: 1e7,
    ...more,
  };
}
