/** The pictures of the exercises about health and retries, and of the black box. */

import { attemptsPerSecond, outSpans, perSecond, type ScenarioText, shareOf } from './runs.ts';
import { lanes, lines } from './svg.ts';

const SICK: ScenarioText = {
  fleet: [
    { id: 'web', count: 4, concurrency: 20, service: { distribution: 'exponential', meanMs: 20 } },
  ],
  load: { kind: 'open', ratePerSecond: 400, warmupMs: 0, durationMs: 10_000 },
  faults: [{ atMs: 2_000, target: 'web-2', fault: { kind: 'error', status: 503 }, forMs: 5_000 }],
};

/** 07: errors with and without passive health. */
export function passiveHealth(): string {
  const errors = (passive: unknown): (readonly [number, number])[] =>
    perSecond(
      { ...SICK, lb: { health: 'off', retries: 'off', passive } },
      ({ errors: failed }) => failed,
    );
  return lines(
    'One backend of four answers 503 from 2 to 7 s',
    { x: 'seconds', y: 'errors per half second' },
    [
      { name: 'no passive health', points: errors('off') },
      {
        name: 'ejected after 3',
        points: errors({ maxFails: 3, failTimeoutMs: 3_000, ejection: { baseMs: 3_000 } }),
      },
    ],
  );
}

/** 08: what one lost probe does with and without hysteresis. */
export function activeHealth(): string {
  const flapping = (rise: number, fall: number): ScenarioText => ({
    fleet: [
      { id: 'web', count: 2, concurrency: 20, service: { distribution: 'exponential', meanMs: 5 } },
    ],
    load: { kind: 'open', ratePerSecond: 20, warmupMs: 0, durationMs: 20_000 },
    faults: [
      ...[2_000, 4_000, 6_000].map((atMs) => ({
        ...{ atMs, target: 'web-1', fault: { kind: 'healthLie', status: 500 }, forMs: 400 },
      })),
      { atMs: 10_000, target: 'web-1', fault: { kind: 'kill' }, forMs: 5_000 },
    ],
    lb: {
      health: {
        type: 'http',
        path: '/health',
        intervalMs: 500,
        fastIntervalMs: 500,
        downIntervalMs: 500,
        rise,
        fall,
      },
    },
  });
  const rows = [
    { name: 'rise 1, fall 1', spans: outSpans(flapping(1, 1), 'web-1', 20_000) },
    { name: 'rise 2, fall 3', spans: outSpans(flapping(2, 3), 'web-1', 20_000) },
  ];
  return lanes(
    'web-1 is taken out: three lost probes (at 2, 4, 6 s) and one death (10 to 15 s)',
    rows,
    20_000,
  );
}

/** 09: a storm of retries. */
export function retryBudget(): string {
  const storm = (retries: unknown): (readonly [number, number])[] =>
    attemptsPerSecond(
      {
        fleet: [
          {
            id: 'web',
            count: 4,
            concurrency: 8,
            queue: 20,
            service: { distribution: 'exponential', meanMs: 40 },
          },
        ],
        load: { kind: 'open', fraction: 0.85, warmupMs: 0, durationMs: 12_000, timeoutMs: 2_000 },
        faults: [
          {
            atMs: 3_000,
            target: { percent: 50 },
            fault: { kind: 'error', status: 503 },
            forMs: 5_000,
          },
        ],
        lb: { health: 'off', passive: 'off', retries },
      },
      12,
    );
  const on = ['connect', 'reset', 'timeout', 'status'];
  return lines(
    'Two backends of four fail from 3 to 8 s: attempts a second',
    { x: 'seconds', y: 'attempts per second' },
    [
      { name: 'budget of 20 %', points: storm({ tries: 4, on, budget: { floorPerSecond: 1 } }) },
      {
        name: 'no budget',
        points: storm({ tries: 4, on, budget: { ratio: 10, floorPerSecond: 1e5 } }),
      },
    ],
  );
}

/** 10: the share of one that comes back. */
export function comeback(): string {
  const share = (slowStart: unknown): (readonly [number, number])[] =>
    shareOf(
      {
        fleet: [
          {
            id: 'web',
            count: 4,
            concurrency: 50,
            service: { distribution: 'exponential', meanMs: 5 },
          },
        ],
        load: { kind: 'open', ratePerSecond: 400, warmupMs: 0, durationMs: 30_000 },
        faults: [{ atMs: 3_000, target: 'web-1', fault: { kind: 'kill' }, forMs: 3_000 }],
        lb: { health: { intervalMs: 500 }, ...(slowStart === undefined ? {} : { slowStart }) },
      },
      'web-1',
      30,
    );
  return lines(
    'web-1 is dead from 3 to 6 s: its share of the requests',
    { x: 'seconds', y: 'percent' },
    [
      { name: 'slow start, 15 s', points: share({ windowMs: 15_000 }) },
      { name: 'all at once', points: share(undefined) },
    ],
  );
}

/** 12: what health checks and retries are worth. */
export function blackBox(): string {
  const errors = (lb: unknown): (readonly [number, number])[] =>
    perSecond(
      {
        ...SICK,
        faults: [{ atMs: 2_000, target: 'web-2', fault: { kind: 'kill' }, forMs: 5_000 }],
        lb,
      },
      ({ errors: failed }) => failed,
    );
  return lines(
    'One backend of four is dead from 2 to 7 s: errors',
    { x: 'seconds', y: 'errors per half second' },
    [
      {
        name: 'L2: spreads evenly',
        points: errors({ health: 'off', passive: 'off', retries: 'off' }),
      },
      {
        name: 'L4: skips the dead',
        points: errors({ health: { intervalMs: 500 }, passive: 'off', retries: 'off' }),
      },
      { name: 'L5: and retries', points: errors({ health: { intervalMs: 500 } }) },
    ],
  );
}
