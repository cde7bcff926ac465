/**
 * One simulation to do, as plain data: it can be sent to a worker thread, written into a file, and done on
 * another machine with the same outcome.
 */

import type { SimulationOptions } from '../engine/options.ts';
import { simulate } from '../engine/simulation.ts';
import {
  capacityPerSecond,
  distributionOf,
  expandFleet,
  ratePerSecond,
} from '../scenario/fleet.ts';
import type { Scenario } from '../scenario/types.ts';
import { theoryOf } from '../theory/theory-of.ts';
import { type Model, modelScenario, SERVICE_MS } from './model.ts';
import { responseJson, SIM_SCHEMA, type SimJson, warningsOf } from './sim-json.ts';
import { strategyByName } from './strategy-by-name.ts';

/** One simulation: of either a model or a scenario. */
export interface SimTask {
  readonly strategy: string;
  readonly seed: number;
  readonly model?: Model | undefined;
  readonly scenario?: Scenario | undefined;
}

type Listening = Pick<SimulationOptions, 'progress' | 'trace'>;

/** What a task comes to, without the simulator's own speed. */
export function runTask(task: SimTask, listening: Listening = {}): SimJson {
  return run(task, listening).json;
}

/** As `runTask`, with the speed. `nowMs` is a wall clock. */
export function runTimed(task: SimTask, listening: Listening, nowMs: () => number): SimJson {
  const startedMs = nowMs();
  const { json, eventCount } = run(task, listening);
  const seconds = Math.max(1e-6, (nowMs() - startedMs) / 1000);
  const { traceHash, ...figures } = json;
  return {
    ...figures,
    requestsPerSecond: Math.round(json.requests / seconds),
    eventsPerSecond: Math.round(eventCount / seconds),
    traceHash,
  };
}

function run(task: SimTask, listening: Listening): { json: SimJson; eventCount: number } {
  const { model, strategy, seed } = task;
  const scenario = model ? modelScenario(model) : task.scenario;
  if (scenario === undefined) throw new Error('a task needs a model or a scenario');
  const result = simulate({
    scenario,
    strategy: strategyByName(strategy).create(),
    seed,
    ...listening,
    ...(model && { requests: model.requests }),
  });
  const { load } = scenario;
  const theory = model && theoryOf(model, strategy);
  const loadPerSlot =
    load.kind === 'open'
      ? ratePerSecond({ ...scenario, load }) / capacityPerSecond(scenario)
      : null;
  const warnings = warningsOf(
    model ? model.load : loadPerSlot,
    scenario.fleet.map(({ service }) => distributionOf(service)),
  );
  const json: SimJson = {
    schema: SIM_SCHEMA,
    unit: model ? 'service' : 'ms',
    serviceMean: model ? 1 : meanServiceMs(scenario),
    ...(model ? {} : { scenario: scenario.name }),
    strategy,
    servers: result.backends.length,
    load: loadPerSlot,
    requests: result.requests.sent,
    ok: result.requests.ok,
    seed,
    response: responseJson(result, model ? SERVICE_MS : 1),
    meanQueue: result.meanQueue,
    utilization: result.utilization,
    perServer: result.backends.map(({ id, requests, share }) => ({ id, requests, share })),
    fairness: result.fairness,
    ...(theory && { theory }),
    ...(warnings.length > 0 && { warnings }),
    traceHash: result.traceHash,
  };
  return { json, eventCount: result.eventCount };
}

/** Over the fleet, each backend alike. */
function meanServiceMs(scenario: Scenario): number {
  const means = expandFleet(scenario).map(({ service }) => distributionOf(service).mean);
  return means.reduce((a, b) => a + b, 0) / means.length;
}
