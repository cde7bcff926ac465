/**
 * The textbook's model as a scenario: n equal servers with one slot each, Poisson arrivals, nothing fails and
 * no health is checked. What `pnpm sim --servers … --load …` runs and what theory is compared with.
 */

import { checkScenario, ScenarioError } from '../scenario/parse.ts';
import type { Discipline, Scenario, ServiceSpec } from '../scenario/types.ts';
import { relaxation } from '../stats/mean-interval.ts';

/**
 * Milliseconds that stand for one service time. Large, so that the histogram's microseconds are fine
 * grain: a ten-thousandth of a service time.
 */
export const SERVICE_MS = 10;

const DAY_MS = 86_400_000;
/** Share of the run that is warm-up, and its least length in relaxation times of M/M/1. */
const WARMUP_SHARE = 0.05;
const WARMUP_RELAXATIONS = 4;
/** The warm-up at and above this load is as long as at it: there is no steady state to wait for. */
const STEADY_LOAD_MAX = 0.99;

/** A model of theory. */
export interface Model {
  readonly servers: number;
  /** Utilisation per slot, in (0, 1) for a queue that has a steady state. */
  readonly load: number;
  readonly requests: number;
  readonly service: ServiceSpec;
  /** Slots per server; default 1. */
  readonly concurrency?: number;
  readonly discipline?: Discipline;
}

const DEFAULT_PARAMETERS = { lognormal: 1, pareto: 2.5, hyperexponential: 2 } as const;

/** The service distributions that a model can be given by name. */
export const MODEL_SERVICES: readonly string[] = [
  'constant',
  'exponential',
  'lognormal[:SIGMA]',
  'pareto[:SHAPE]',
  'hyperexponential[:CV]',
];

/**
 * `exponential`, `hyperexponential:3` … with mean `SERVICE_MS`.
 * @throws {ScenarioError} where there is no such distribution
 */
export function modelService(text: string): ServiceSpec {
  const [name = '', parameter] = text.split(':');
  const meanMs = SERVICE_MS;
  const value = parameter === undefined ? undefined : Number(parameter);
  if (value === undefined || Number.isFinite(value)) {
    switch (name) {
      case 'constant':
      case 'exponential':
        if (value === undefined) return { distribution: name, meanMs };
        break;
      case 'lognormal':
        return { distribution: name, meanMs, sigma: value ?? DEFAULT_PARAMETERS.lognormal };
      case 'pareto':
        return { distribution: name, meanMs, shape: value ?? DEFAULT_PARAMETERS.pareto };
      case 'hyperexponential':
        return { distribution: name, meanMs, cv: value ?? DEFAULT_PARAMETERS.hyperexponential };
    }
  }
  throw new ScenarioError(
    `service must be one of ${MODEL_SERVICES.join(', ')}, got ${JSON.stringify(text)}`,
  );
}

/** The scenario that runs a model. To be ended when `requests` are counted; its duration leaves room for them. */
export function modelScenario(model: Model): Scenario {
  const { servers, load, requests, service, concurrency = 1, discipline = 'fifo' } = model;
  const expectedMs = (requests * SERVICE_MS) / (servers * concurrency * load);
  const settlingMs = WARMUP_RELAXATIONS * relaxation(Math.min(load, STEADY_LOAD_MAX)) * SERVICE_MS;
  const scenario = checkScenario(
    {
      name: 'model',
      title: `${servers} servers at load ${load}, ${service.distribution} service`,
      fleet: [{ id: 's', count: servers, concurrency, queue: 1e9, discipline, service }],
      load: { kind: 'open', fraction: load, keys: { count: 10_000 } },
      lb: { health: 'off', passive: 'off', retries: 'off' },
    },
    'model',
  );
  // More than a file may say: one server needs a day for some seven million requests, and no client gives up.
  const warmupMs = Math.max(expectedMs * WARMUP_SHARE, settlingMs);
  const durationMs = DAY_MS + 2 * expectedMs;
  return {
    ...scenario,
    load: { ...scenario.load, warmupMs, durationMs, timeoutMs: Infinity },
    lb: { ...scenario.lb, timeouts: { responseHeadMs: Infinity } },
  };
}
