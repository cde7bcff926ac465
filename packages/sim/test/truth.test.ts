/**
 * The simulator against closed forms, at loads up to 0.8 and with four million requests each: enough for three
 * standard deviations to stay below the 2 % that are asked for. `pnpm sim truth` goes further.
 */

import { modelScenario, modelService, type SimulationResult } from '@evenkeel/sim';
import { beforeAll, describe, expect, it } from 'vitest';
import { onThreads } from '../src/run/threads.ts';
import * as theory from '../src/theory/formulas.ts';
import { TRUTH_CASES } from '../src/theory/truth-cases.ts';
import { TOLERANCE, type TruthRow, type TruthTask } from '../src/theory/truth-run.ts';
import { run, scenarioOf } from './support.ts';

const REQUESTS = 4_000_000;
const LOAD = 0.8;

describe('at load 0.8', () => {
  // On a thread of its own: there the code runs as it is, and several times faster than instrumented.
  let rows: readonly TruthRow[] = [];
  beforeAll(async () => {
    const tasks = TRUTH_CASES.map((_, place) => ({
      place,
      load: LOAD,
      seed: 1,
      requests: REQUESTS,
    }));
    const script = new URL('../src/theory/truth-worker.ts', import.meta.url);
    rows = await onThreads<TruthTask, TruthRow>(script, tasks, 1, () => {});
  }, 600_000);

  it.each(TRUTH_CASES.map(({ name }, place) => ({ name, place })))(
    '$name meets theory within 2 %',
    ({ place }) => {
      const row = rows[place]!;
      expect(row.requests).toBe(REQUESTS);
      expect(row.comparisons.length).toBeGreaterThan(0);
      for (const { quantity, difference } of row.comparisons) {
        expect(Math.abs(difference), `${quantity}: ${difference}`).toBeLessThan(TOLERANCE);
      }
    },
  );
});

describe('the formulas themselves', () => {
  it('have the values that the textbooks print', () => {
    expect(theory.roundRobinMean(2, 0.5)).toBeCloseTo((1 + Math.sqrt(5)) / 2, 9); // the golden ratio
    expect(theory.powerOfChoicesMean(0.9)).toBeCloseTo(2.6141, 4);
    expect(theory.mmcMean(1, 0.7)).toBeCloseTo(theory.mm1Mean(0.7), 9);
    expect(theory.erlangC(2, 0.5)).toBeCloseTo(1 / 3, 9);
    expect(theory.roundRobinMean(1, 0.6)).toBeCloseTo(2.5, 9);
    expect(theory.mg1Mean(0.6, 1)).toBeCloseTo(2.5, 9);
    expect(theory.powerOfChoicesTail(0.9, 2)).toBeCloseTo(0.9 ** 3, 12);
    expect(theory.weightedSplitMean([3, 1], 2.8)).toBeCloseTo(5 / 3, 9);
  });
});

function model(strategy: string, load: number, requests: number, seed = 1): SimulationResult {
  const service = modelService('exponential');
  const scenario = modelScenario({ servers: 10, load, requests, service });
  return run(scenario, strategy, { requests, seed });
}

describe('order', () => {
  const mean = (strategy: string, load: number): number =>
    model(strategy, load, 300_000).response.meanMs / 10;

  it.each([0.5, 0.8])(
    'M/M/n ≤ shortest queue ≤ two choices ≤ random, and shortest ≤ round robin ≤ random at %d',
    (load) => {
      const shortest = mean('least-connections', load);
      const random = mean('random', load);
      const two = mean('power-of-two', load);
      const round = mean('round-robin', load);
      expect(theory.mmcMean(10, load)).toBeLessThan(shortest);
      expect(shortest).toBeLessThan(two);
      expect(two).toBeLessThan(random);
      expect(shortest).toBeLessThan(round);
      expect(round).toBeLessThan(random);
    },
  );
});

describe('confidence', () => {
  it('over 100 seeds of short runs the 95 % interval covers theory 88 to 100 times', () => {
    let covered = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const [low, high] = model('random', 0.5, 20_000, seed).meanIntervalMs!;
      if (low <= 20 && 20 <= high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(88);
  });
});

describe('retries', () => {
  // Every attempt fails with probability p, wherever it is made; no budget, no ejection in the way.
  const failing = (p: number, lb: object): SimulationResult =>
    run(
      scenarioOf({
        fleet: [
          {
            id: 'web',
            count: 20,
            concurrency: 1000,
            service: { distribution: 'constant', meanMs: 1 },
          },
        ],
        load: {
          kind: 'open',
          ratePerSecond: 20_000,
          warmupMs: 0,
          durationMs: 20_000,
          timeoutMs: 60_000,
        },
        faults: [{ atMs: 0, target: 'all', fault: { kind: 'refuse', rate: p } }],
        lb: { health: 'off', passive: 'off', ...lb },
      }),
    );

  it.each([
    [0.1, 1],
    [0.3, 2],
    [0.5, 3],
  ])(
    'with failure probability %d and %i retries: (1 − p^(r+1))/(1 − p) attempts, p^(r+1) failures',
    (p, retries) => {
      const lb = { retries: { tries: retries + 1, budget: { ratio: 100 } } };
      const { attempts, requests } = failing(p, lb);
      expect(attempts / requests.sent / theory.retryAttempts(p, retries)).toBeCloseTo(1, 2);
      expect(requests.errors.status5xx / requests.sent / p ** (retries + 1)).toBeCloseTo(1, 1);
    },
  );

  it('a budget of 20 % caps the amplification at 1.2, whatever fails', () => {
    const { attempts, requests } = failing(1, {});
    // The floor of 10 per second comes on top: 0.0005 here.
    expect(attempts / requests.sent).toBeLessThan(1.2 + 0.001);
    expect(attempts / requests.sent).toBeGreaterThan(1.19);
  });
});
