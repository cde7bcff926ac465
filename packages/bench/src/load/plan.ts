/** From a scenario's load to a generator's job. */

import {
  meanRequests,
  type OpenLoad,
  type PlannedRequest,
  planArrivals,
  type Scenario,
} from '@evenkeel/sim';
import { UsageError } from '../usage.ts';
import type { Job, Requests } from './job.ts';

/** Connections that a generator may hold: below the usual limits of open files. */
const IN_FLIGHT_MAX = 8_192;
const IN_FLIGHT_MIN = 64;
/** More requests per second than autocannon sends with a head of its own for each. */
const CLOSED_RATE_MAX = 25_000;

/** Requests that a generator holds in memory as a plan. */
const REQUESTS_MAX = 5_000_000;

/** Which part of a scenario is run, and how its requests are named. */
export interface PlanOptions {
  readonly seed: number;
  readonly targets: readonly string[];
  readonly idPrefix: string;
}

/** Throws a `UsageError` for a load that no generator here can send. */
export function planJob(
  scenario: Pick<Scenario, 'name' | 'fleet' | 'load' | 'actions'>,
  options: PlanOptions,
): Job {
  const { load } = scenario;
  if (load.clientRetries > 0) {
    throw new UsageError(
      `${scenario.name}: load.clientRetries: expected 0 for a live run, got ${load.clientRetries}`,
    );
  }
  const durationMs = load.warmupMs + load.durationMs;
  const requests =
    load.kind === 'open'
      ? meanRequests({ ...scenario, load })
      : (CLOSED_RATE_MAX * durationMs) / 1000;
  if (requests > REQUESTS_MAX) {
    throw new UsageError(
      `${scenario.name}: load: expected at most ${REQUESTS_MAX} requests in a live run, got ${requests.toPrecision(3)}`,
    );
  }
  const arrivals = planArrivals(scenario, options.seed);
  if (load.kind === 'closed') {
    const most = Math.ceil((CLOSED_RATE_MAX * durationMs) / 1000);
    const { connections } = load;
    const requests = requestsOf(firstOf(arrivals, most), load, options);
    return { kind: 'closed', ...requests, connections, durationMs };
  }
  const planned = [...arrivals];
  return {
    kind: 'open',
    ...requestsOf(planned, load, options),
    atMs: Float64Array.from(planned, ({ atMs }) => atMs),
    maxInFlight: maxInFlightOf(planned.length, load),
  };
}

function firstOf<T>(items: Iterable<T>, count: number): T[] {
  const first: T[] = [];
  for (const item of items) {
    if (first.length === count) break;
    first.push(item);
  }
  return first;
}

function requestsOf(
  planned: readonly PlannedRequest[],
  { timeoutMs, bodyBytes }: Scenario['load'],
  { targets, idPrefix }: PlanOptions,
): Requests {
  return {
    targets,
    work: Float64Array.from(planned, ({ work }) => work),
    post: Uint8Array.from(planned, ({ method }) => (method === 'POST' ? 1 : 0)),
    key: planned.map(({ key }) => key),
    idPrefix,
    timeoutMs,
    bodyBytes,
  };
}

/** Were nothing ever answered, this many would be waiting for their timeout; half again for bursts. */
function maxInFlightOf(count: number, { warmupMs, durationMs, timeoutMs }: OpenLoad): number {
  const seconds = (warmupMs + durationMs) / 1000;
  const waiting = Math.ceil((1.5 * count * Math.min(timeoutMs / 1000, seconds)) / seconds);
  return Math.min(IN_FLIGHT_MAX, Math.max(IN_FLIGHT_MIN, waiting));
}
