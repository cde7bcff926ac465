/** Exercise 11: hidden scenarios, drawn from the course's seed, against the power of two choices. */

import { type Random, type StrategyFactory, seededRandom, strategyNamed } from '@evenkeel/core';
import {
  type Check,
  type CheckContext,
  candidatesCheck,
  conformanceCheck,
  defineExercise,
  type ExerciseChecks,
  type Partly,
  type ScenarioText,
  simulated,
} from '@evenkeel/course';

const BASELINE = 'power-of-two';
const RUNS = 2;

/** From the ratio to the baseline to a share of the points: like the baseline half, much better all, worse none. */
const LIKE = 0.18;
const MUCH_BETTER = 0.6;
const MUCH_WORSE = 1.4;
const BASE = 0.5;

interface Family {
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

const FAMILIES: readonly Family[] = [
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

/** The less the better: slow answers and errors both count. */
function cost(context: CheckContext, text: ScenarioText, strategy: StrategyFactory): number {
  const { requests, response } = simulated(context, text, { strategy });
  const failed = 1 - requests.ok / Math.max(1, requests.sent);
  return Math.sqrt(response.meanMs * response.quantileMs(0.99)) * (1 + 20 * failed);
}

function shareOf(ratio: number): number {
  if (Math.abs(ratio - 1) <= LIKE) return BASE;
  if (ratio < 1)
    return BASE + (1 - BASE) * Math.min(1, (1 - LIKE - ratio) / (1 - LIKE - MUCH_BETTER));
  return Math.max(0, (BASE * (MUCH_WORSE - ratio)) / (MUCH_WORSE - 1 - LIKE));
}

function race({ draw, law }: Family, context: CheckContext): Partly {
  let sum = 0;
  for (let i = 0; i < RUNS; i++) {
    const seed = (context.seed + i) >>> 0;
    const here = { ...context, seed };
    const text = draw(seededRandom(seed));
    const theirs = cost(here, text, context.remote.strategy);
    const baseline = cost(here, text, strategyNamed(BASELINE).create());
    sum += Math.log(theirs / baseline);
    context.remote.discard();
  }
  const ratio = Math.exp(sum / RUNS);
  const share = shareOf(ratio);
  const percent = Math.round(Math.abs(1 - ratio) * 100);
  const how = ratio < 1 ? 'less' : 'more';
  return {
    share,
    message: `${law}: your mean and 99th percentile cost ${percent} % ${how} than ${BASELINE}`,
  };
}

const RACES = FAMILIES.map(
  (family): Check => ({
    id: family.id,
    law: `${family.law}: better than ${BASELINE}`,
    run: (context) => race(family, context),
  }),
);

const checks: ExerciseChecks = defineExercise({
  checks: [
    candidatesCheck(),
    conformanceCheck('repeatable', 'the same seed gives the same picks'),
    ...RACES,
  ],
});
export default checks;
