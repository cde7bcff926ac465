/** From a scenario's load to a generator's job. */

import { planArrivals, type Scenario } from '@evenkeel/sim';
import { UsageError } from '../usage.ts';
import type { Job } from './job.ts';

/** Connections that a generator may hold: below the usual limits of open files. */
const IN_FLIGHT_MAX = 8_192;
const IN_FLIGHT_MIN = 64;

/** Which part of a scenario is run, and how its requests are named. */
export interface PlanOptions {
  readonly seed: number;
  readonly targets: readonly string[];
  readonly idPrefix: string;
}

/** Throws a `UsageError` for a load that the open-loop generator cannot send. */
export function planJob(
  scenario: Pick<Scenario, 'name' | 'fleet' | 'load'>,
  options: PlanOptions,
): Job {
  const { load } = scenario;
  if (load.kind !== 'open') {
    throw new UsageError(
      `${scenario.name}: load.kind: expected open for a live run, got ${load.kind}`,
    );
  }
  if (load.clientRetries > 0) {
    throw new UsageError(
      `${scenario.name}: load.clientRetries: expected 0 for a live run, got ${load.clientRetries}`,
    );
  }
  const planned = [...planArrivals(scenario, options.seed)];
  const seconds = (load.warmupMs + load.durationMs) / 1000;
  // Were nothing ever answered, this many would be waiting for their timeout; half again for bursts.
  const waiting = Math.ceil(
    (1.5 * planned.length * Math.min(load.timeoutMs / 1000, seconds)) / seconds,
  );
  return {
    targets: options.targets,
    atMs: Float64Array.from(planned, ({ atMs }) => atMs),
    work: Float64Array.from(planned, ({ work }) => work),
    post: Uint8Array.from(planned, ({ method }) => (method === 'POST' ? 1 : 0)),
    key: planned.map(({ key }) => key),
    idPrefix: options.idPrefix,
    timeoutMs: load.timeoutMs,
    bodyBytes: load.bodyBytes,
    maxInFlight: Math.min(IN_FLIGHT_MAX, Math.max(IN_FLIGHT_MIN, waiting)),
  };
}
