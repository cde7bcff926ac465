/** The pictures of the exercises, each by a simulated run. */

import { busyLanes, run, type ScenarioText, strategy } from './runs.ts';
import { bars, lanes } from './svg.ts';

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

/** By exercise. */
export const EXERCISE_PICTURES: Readonly<Record<string, () => string>> = {
  '01-round-robin': roundRobin,
  '02-never-to-the-dead': neverToTheDead,
  '03-smooth-weights': smoothWeights,
  '04-least-connections': leastConnections,
};
