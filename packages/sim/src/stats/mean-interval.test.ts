import { exponential, pareto, strategyNamed } from '@evenkeel/core';
import { describe, expect, it } from 'vitest';
import { simulate } from '../engine/simulation.ts';
import { modelScenario, modelService, SERVICE_MS } from '../run/model.ts';
import { runTask } from '../run/task.ts';
import { theoryOf } from '../theory/theory-of.ts';
import { BatchMeans } from './batch-means.ts';
import { meanIntervalOf } from './mean-interval.ts';

const RUNS = 60;

/** Whether the interval of a run of n parallel M/M/1 queues holds the exact mean; null without one. */
function covers(servers: number, load: number, requests: number, seed: number): boolean | null {
  const model = { servers, load, requests, service: modelService('exponential') };
  const strategy = strategyNamed('random').create();
  const { meanIntervalMs, response } = simulate({
    scenario: modelScenario(model),
    strategy,
    seed,
    requests,
  });
  if (meanIntervalMs === undefined) return null;
  const [low, high] = meanIntervalMs;
  expect(low).toBeLessThanOrEqual(response.meanMs);
  expect(high).toBeGreaterThanOrEqual(response.meanMs);
  const exact = (theoryOf(model, 'random')?.mean ?? Number.NaN) * SERVICE_MS;
  return low <= exact && exact <= high;
}

describe('the interval of a simulated mean', () => {
  it.each([
    [1, 0.5, 4_000],
    [1, 0.9, 70_000],
    [10, 0.7, 30_000],
  ])(
    'covers theory nine times of ten, where there is one: %i servers, load %d, %i requests',
    (servers, load, requests) => {
      const found = Array.from({ length: RUNS }, (_, i) => covers(servers, load, requests, i + 1));
      expect(found).not.toContain(null);
      expect(found.filter((one) => one).length).toBeGreaterThanOrEqual(0.85 * RUNS);
    },
  );

  it.each([
    [1, 0.9, 10_000],
    [10, 0.9, 100_000],
  ])(
    'is none where the run is too short: %i servers, load %d, %i requests',
    (servers, load, requests) => {
      expect(covers(servers, load, requests, 1)).toBeNull();
    },
  );

  it('says how many requests it takes, and a run of so many has one', () => {
    const model = { servers: 1, load: 0.8, service: modelService('exponential') };
    const short = runTask({ strategy: 'random', seed: 1, model: { ...model, requests: 1_000 } });
    const needed = short.response.requestsForInterval ?? 0;
    expect([short.response.meanInterval, needed > 1_000]).toEqual([null, true]);
    const requests = 1.5 * needed;
    const long = runTask({ strategy: 'random', seed: 1, model: { ...model, requests } });
    expect(long.response.meanInterval).not.toBeNull();
  });

  it('is none, however long the run, without a steady state or a finite variance', () => {
    const queue = { measuredMs: 1e12, requests: 1e9 };
    const busy = { ...queue, utilization: 1, services: [exponential(10)] };
    expect(meanIntervalOf(new BatchMeans(), busy)).toEqual({
      meanIntervalMs: undefined,
      requestsForInterval: Number.POSITIVE_INFINITY,
    });
    const wild = { ...queue, utilization: 0.5, services: [exponential(10), pareto(10, 1.6)] };
    expect(meanIntervalOf(new BatchMeans(), wild).requestsForInterval).toBe(Infinity);
  });

  it.each([
    [{ load: 1.1 }, /at load 1.1 queues grow without end/],
    [{ load: 0.5, service: modelService('pareto:1.6') }, /no finite variance/],
  ])('comes with a warning where there cannot be one: %o', (change, text) => {
    const model = { servers: 2, requests: 500, service: modelService('exponential'), ...change };
    expect(runTask({ strategy: 'random', seed: 1, model }).warnings?.join()).toMatch(text);
  });
});
