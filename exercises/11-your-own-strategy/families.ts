/** The kinds of scenario of exercise 11; each number is drawn. */

import type { Random } from '@evenkeel/core';
import type { ScenarioText } from '@evenkeel/course';

/** One kind. */
export interface Family {
  readonly id: string;
  readonly law: string;
  /** A scenario of this kind; each number is drawn. */
  readonly draw: (random: Random) => ScenarioText;
}

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next();
}

const QUIET = { health: 'off', passive: 'off', retries: 'off' } as const;
const TIMES = { warmupMs: 1_000, durationMs: 3_000, timeoutMs: 20_000 } as const;

/** Six machines of which two or three are slow. Neither their names nor their order tell which. */
function machines(random: Random, slowMs: number, fastMs: number): ScenarioText['fleet'] {
  const slow = new Set<number>();
  const count = 2 + random.below(2);
  while (slow.size < count) slow.add(random.below(6));
  return Array.from({ length: 6 }, (_, i) => ({
    ...{ id: `web-${i + 1}`, count: 1, concurrency: 4, queue: 2_000 },
    service: { distribution: 'exponential', meanMs: slow.has(i) ? slowMs : fastMs },
  }));
}

/** All kinds, in the order of the checks. */
export const FAMILIES: readonly Family[] = [
  {
    id: 'mixed-machines',
    law: 'machines of different speed and equal weights',
    draw: (random) => ({
      fleet: machines(random, between(random, 50, 80), between(random, 8, 14)),
      load: { kind: 'open', fraction: between(random, 0.45, 0.65), ...TIMES },
      lb: QUIET,
    }),
  },
  {
    id: 'gray-failure',
    law: 'one backend is slow for some of its requests, and passes every check',
    draw: (random) => ({
      fleet: [
        {
          id: 'web',
          count: 6,
          concurrency: 8,
          queue: 2_000,
          service: { distribution: 'exponential', meanMs: 15 },
        },
      ],
      load: { kind: 'open', ratePerSecond: between(random, 700, 1_000), ...TIMES },
      faults: [
        {
          ...{ atMs: 0, target: `web-${1 + random.below(6)}` },
          fault: {
            kind: 'latency',
            rate: between(random, 0.4, 0.7),
            latencyMs: between(random, 250, 400),
            distribution: 'exponential',
          },
        },
      ],
      lb: QUIET,
    }),
  },
  {
    id: 'sinkhole',
    law: 'one backend answers at once, with errors',
    draw: (random) => ({
      fleet: [
        {
          id: 'web',
          count: 6,
          concurrency: 8,
          queue: 2_000,
          service: { distribution: 'exponential', meanMs: between(random, 15, 25) },
        },
      ],
      load: { kind: 'open', ratePerSecond: between(random, 400, 600), ...TIMES },
      faults: [
        {
          atMs: 500,
          target: `web-${1 + random.below(6)}`,
          fault: { kind: 'fastError', status: 503 },
        },
      ],
      lb: QUIET,
    }),
  },
  {
    id: 'heavy-tail',
    law: 'few requests are most of the work',
    draw: (random) => ({
      fleet: [
        {
          id: 'web',
          count: 6,
          concurrency: 2,
          queue: 2_000,
          service: { distribution: 'lognormal', meanMs: 12, sigma: between(random, 1.2, 1.5) },
        },
      ],
      load: { kind: 'open', fraction: between(random, 0.6, 0.75), ...TIMES },
      lb: QUIET,
    }),
  },
];
