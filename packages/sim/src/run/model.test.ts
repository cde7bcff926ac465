import { strategyNamed } from '@evenkeel/core';
import { expect, it } from 'vitest';
import type { SimulationResult } from '../engine/result.ts';
import { simulate } from '../engine/simulation.ts';
import { modelScenario, modelService, SERVICE_MS } from './model.ts';

function run(load: number, requests: number): SimulationResult {
  const service = modelService('exponential');
  const scenario = modelScenario({ servers: 1, load, requests, service });
  return simulate({ scenario, strategy: strategyNamed('round-robin').create(), requests });
}

it('a model counts as many requests as it was asked for, though they take longer than a day', () => {
  const { requests, measuredMs } = run(0.01, 120_000);
  expect(measuredMs).toBeGreaterThan(86_400_000);
  expect(requests.sent).toBe(120_000);
});

it('in a model no client gives up, however long the queue', () => {
  // Three times what the server can do: the last waits for two thirds of all services.
  const { requests, response } = run(3, 30_000);
  expect(response.maxMs).toBeGreaterThan(15_000 * SERVICE_MS);
  expect(requests.ok).toBe(30_000);
});
