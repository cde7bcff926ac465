/**
 * The check of the simulator, checked: against a "live" record that was itself simulated, with draws
 * of its own for the overhead and the strategy, the right simulator passes and a wrong one does not.
 */

import { type Distribution, exponential, strategyNamed } from '@evenkeel/core';
import { type Comparison, mergeHistograms, type Run, type TimesOf } from '@evenkeel/report';
import {
  loadScenario,
  planArrivals,
  recordedRequests,
  type Scenario,
  simulate,
  simulatedRun,
} from '@evenkeel/sim';
import { describe, expect, it } from 'vitest';
import { agreement } from '../compare/agreement.ts';
import { beyondService, CONTROL, compareWithSimulated, simulateBeside } from './compare-sim.ts';
import { inSlowMotion } from './slow-motion.ts';

const OVERHEAD = exponential(1);
const ROUNDS = 8;
const REQUESTS = 24_000;

/** What a live run would leave behind: the plan of its seed, and a world with a seed of its own. */
function liveRuns(scenario: Scenario, strategy: string, overhead: Distribution): Run[] {
  return Array.from({ length: ROUNDS }, (_, i) => {
    const seed = 100 + i;
    const result = simulate({
      scenario,
      strategy: strategyNamed(strategy).create(),
      seed: seed + 1_000,
      source: recordedRequests([...planArrivals(scenario, seed)]),
      overhead,
      timeline: true,
    });
    const place = { strategy, round: i + 1, order: 1, startedMs: 0 };
    return { ...simulatedRun(scenario, result, place), subject: 'evenkeel', seed };
  });
}

function check(scenario: Scenario, strategy: string, simulated: string): Comparison[] {
  const live = liveRuns(scenario, strategy, OVERHEAD);
  return compareWithSimulated(scenario, live, simulateBeside(scenario, live, simulated, OVERHEAD));
}

const verdicts = (comparisons: readonly Comparison[], of: TimesOf = 'response') =>
  Object.fromEntries(
    comparisons.filter((one) => one.of === of).map(({ metric, verdict }) => [metric, verdict]),
  );

/** A scenario of the library in slow motion, at the higher of the two loads. */
function busy(name: string): Scenario {
  const [, scenario] = inSlowMotion(loadScenario(name), REQUESTS / ROUNDS);
  if (scenario === undefined) throw new Error('there are two loads');
  return scenario;
}

describe('the simulator against a live run', () => {
  const all = { mean: 'tie', p50: 'tie', p99: 'tie' };

  it.each([
    ['uniform', 'round-robin'],
    ['uniform', 'least-connections'],
    ['one-slow', 'round-robin'],
    ['one-slow', 'least-connections'],
  ])('agrees within 10 and 15 per cent, and a wrong one does not: %s, %s', (name, strategy) => {
    const right = check(busy(name), strategy, strategy);
    expect(verdicts(right)).toEqual(all);
    const wrong = check(busy(name), strategy, CONTROL);
    const { mean, p99 } = verdicts(wrong);
    expect([mean, p99]).not.toContain('tie');
  });

  it('passes where a wrong one would surely have been told apart', () => {
    const right = check(busy('uniform'), 'round-robin', 'round-robin');
    const wrong = check(busy('uniform'), 'round-robin', CONTROL);
    expect(verdicts(wrong)).toMatchObject({ mean: 'b', p99: 'b' });
    expect(agreement([...right, ...wrong]).status).toBe('pass');
  });

  it('is one run beside each live one, and each has its queueing with it', () => {
    const scenario = busy('uniform');
    const live = liveRuns(scenario, 'round-robin', OVERHEAD).slice(0, 2);
    const simulated = simulateBeside(scenario, live, 'round-robin', OVERHEAD);
    expect(simulated.map(({ round }) => round)).toEqual([1, 2]);
    for (const { latencyMs, queueing, requests } of simulated) {
      expect(mergeHistograms([queueing!.histogram]).count).toBe(requests.ok);
      expect(queueing!.latencyMs.mean).toBeLessThan(latencyMs.mean!);
    }
  });

  it('compares queueing too, where it is known of both', () => {
    const scenario = busy('uniform');
    const live = simulateBeside(
      scenario,
      liveRuns(scenario, 'random', OVERHEAD),
      'random',
      OVERHEAD,
    );
    const same = compareWithSimulated(scenario, live, live);
    expect(verdicts(same, 'queueing')).toEqual(all);
    const slower = simulateBeside(scenario, live, 'random', exponential(200));
    expect(verdicts(compareWithSimulated(scenario, live, slower), 'queueing').mean).toBe('b');
    const unknown = live.map(({ queueing: _, ...run }) => run);
    expect(verdicts(compareWithSimulated(scenario, unknown, live), 'queueing').mean).toBe(
      'unresolved',
    );
  });

  it('notices an overhead that was left out', () => {
    const scenario = busy('uniform');
    const live = liveRuns(scenario, 'round-robin', exponential(20));
    const blind = compareWithSimulated(
      scenario,
      live,
      simulateBeside(scenario, live, 'round-robin', exponential(0.001)),
    );
    expect(verdicts(blind)).toMatchObject({ mean: 'a', p50: 'a' });
    expect(agreement(blind).status).toBe('fail');
  });
});

describe('slow motion', () => {
  const [half, busy] = inSlowMotion(loadScenario('one-slow'), 600);

  it('has services of 50 ms or more, two slots at most, and as many requests as asked for', () => {
    expect(half?.fleet.map(({ concurrency, service }) => [concurrency, service])).toEqual([
      [2, { distribution: 'exponential', meanMs: 50 }],
      [2, { distribution: 'exponential', meanMs: 250 }],
    ]);
    // Eight of 250 ms per second and slot, a quarter of all requests each: 4 · 8 · 0.75 = 24.
    expect(busy?.load).toMatchObject({ ratePerSecond: 24, durationMs: 25_000 });
    expect(half?.load).toMatchObject({ ratePerSecond: 16, durationMs: 37_500 });
  });

  it('needs an open load and no faults', () => {
    expect(() => inSlowMotion(loadScenario('saturation'), 1)).toThrow(/expected open scenarios/);
    expect(() => inSlowMotion(loadScenario('one-dies'), 1)).toThrow(/got one-dies/);
  });
});

describe('time beyond service', () => {
  it('is the response less what X-Work says that the backend took', () => {
    const scenario = loadScenario('uniform');
    const job = {
      kind: 'open' as const,
      targets: [],
      atMs: Float64Array.of(0, 100, 200),
      work: Float64Array.of(0.5, 0.5, 0.5),
      post: new Uint8Array(3),
      key: ['', '', ''],
      idPrefix: '',
      timeoutMs: 1,
      bodyBytes: 0,
      maxInFlight: 1,
    };
    const samples = {
      startedEpochMs: 0,
      sentMs: Float64Array.of(0, 100, 200),
      endedMs: Float64Array.of(20, 130, 210),
      outcome: Uint8Array.of(0, 0, 1),
      backend: Uint8Array.of(0, 0, 0),
      backends: ['web-1'],
      processes: [{ loopLagP99Ms: 0, cpu: 0 }],
      cutShort: null,
    };
    const medianMs = 20 * Math.LN2;
    const all = beyondService(scenario, { job, samples }, 0);
    expect(all).toHaveLength(2);
    expect(all[0]).toBeCloseTo(20 - medianMs, 9);
    expect(beyondService(scenario, { job, samples }, 50)).toEqual([all[1]]);
  });
});
