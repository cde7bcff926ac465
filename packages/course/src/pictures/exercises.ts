/** The pictures of the exercises, each by a simulated run. */

import { meanResponse, modulo, movedPercent } from './models.ts';
import { activeHealth, blackBox, comeback, passiveHealth, retryBudget } from './policies.ts';
import { busyLanes, run, type ScenarioText, strategy } from './runs.ts';
import { bars, lanes, lines } from './svg.ts';

const THREE = ['a', 'b', 'c'];

function three(more: ScenarioText = {}, weights: readonly number[] = [1, 1, 1]): ScenarioText {
  return {
    fleet: THREE.map((id, i) => ({
      id,
      concurrency: 4,
      weight: weights[i],
      service: { distribution: 'constant', meanMs: 16 },
    })),
    load: { kind: 'open', arrivals: 'constant', ratePerSecond: 100, warmupMs: 0, durationMs: 300 },
    lb: { health: 'off' },
    ...more,
  };
}

/** 01: whose turn it is. */
function roundRobin(): string {
  const rows = busyLanes(three(), strategy('round-robin'), THREE);
  return lanes('Round robin: a request every 10 ms, each backend in its turn', rows, 300);
}

/** 02: one dies and comes back. */
function neverToTheDead(): string {
  const text = three({
    faults: [{ atMs: 80, target: 'b', fault: { kind: 'kill' }, forMs: 120 }],
    lb: { health: { intervalMs: 20, fastIntervalMs: 10, downIntervalMs: 10 } },
  });
  const rows = busyLanes(text, strategy('round-robin'), THREE);
  return lanes('b is dead from 80 to 200 ms: a and c go on in turn, b takes up its own', rows, 300);
}

/** 03: five, one, one. */
function smoothWeights(): string {
  const rows = busyLanes(three({}, [5, 1, 1]), strategy('weighted-round-robin'), THREE);
  return lanes('Weights 5, 1, 1: a a b a c a a, and again', rows, 300);
}

/** 04: one backend is slow. */
function leastConnections(): string {
  const text: ScenarioText = {
    fleet: [
      {
        id: 'fast',
        count: 3,
        concurrency: 20,
        queue: 400,
        service: { distribution: 'exponential', meanMs: 20 },
      },
      {
        id: 'slow',
        concurrency: 20,
        queue: 400,
        service: { distribution: 'exponential', meanMs: 100 },
      },
    ],
    load: { kind: 'open', ratePerSecond: 900, warmupMs: 500, durationMs: 8000, timeoutMs: 5000 },
  };
  const rows = ['round-robin', 'random', 'power-of-two', 'least-connections'].map((name) => ({
    name,
    value: run(text, strategy(name)).response.quantileMs(0.99),
  }));
  return bars(
    'One backend of four is five times slower: 99th percentile of the response time',
    'ms',
    rows,
  );
}

/** 05: mean response time by load. */
function powerOfTwo(): string {
  const loads = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95];
  const series = ['random', 'power-of-two', 'least-connections'].map((name) => ({
    name,
    points: loads.map((load): [number, number] => [load, meanResponse(load, strategy(name))]),
  }));
  const axes = { x: 'load per server', y: 'mean response time, in service times', maxY: 12 };
  return lines('20 servers: what one more look is worth', axes, series);
}

/** 06: keys that move when one of ten leaves. */
function consistentHashing(): string {
  const rows = [
    { name: 'hash modulo n', factory: modulo },
    { name: 'ring-hash', factory: strategy('ring-hash') },
    { name: 'maglev', factory: strategy('maglev') },
    { name: 'rendezvous (ip-hash)', factory: strategy('ip-hash') },
  ].map(({ name, factory }) => ({ name, value: movedPercent(factory, 10) }));
  return bars('One of ten endpoints leaves: keys that move', '% of keys', rows);
}

/** 11: how baselines differ by scenario. */
function ownDesign(): string {
  const names = [
    'round-robin',
    'least-connections',
    'power-of-two',
    'peak-ewma',
    'least-response-time',
  ];
  const rows = names.map((name) => ({
    name,
    value: run(
      {
        fleet: [
          {
            id: 'old',
            count: 3,
            concurrency: 10,
            queue: 400,
            service: { distribution: 'lognormal', meanMs: 60, sigma: 1 },
          },
          {
            id: 'new',
            count: 3,
            concurrency: 10,
            queue: 400,
            service: { distribution: 'lognormal', meanMs: 15, sigma: 1 },
          },
        ],
        load: {
          kind: 'open',
          fraction: 0.5,
          warmupMs: 1_000,
          durationMs: 10_000,
          timeoutMs: 5_000,
        },
        lb: { health: 'off' },
      },
      strategy(name),
    ).response.quantileMs(0.99),
  }));
  return bars('Three old and three new machines at half load: 99th percentile', 'ms', rows);
}

/** By exercise. */
export const EXERCISE_PICTURES: Readonly<Record<string, () => string>> = {
  '01-round-robin': roundRobin,
  '02-never-to-the-dead': neverToTheDead,
  '03-smooth-weights': smoothWeights,
  '04-least-connections': leastConnections,
  '05-power-of-two': powerOfTwo,
  '06-consistent-hashing': consistentHashing,
  '07-passive-health': passiveHealth,
  '08-active-health': activeHealth,
  '09-retry-budget': retryBudget,
  '10-slow-start-and-panic': comeback,
  '11-your-own-strategy': ownDesign,
  '12-black-box': blackBox,
};
