/**
 * Faults drawn from a seed: `pnpm chaos --random`. Episodes of twelve seconds, each a scenario of its
 * own: a calm start, one to three faults that may overlap, and time to recover. What has to hold is
 * the same whatever is drawn: nothing lost, no POST doubled, nothing sent to the known dead, and all
 * well again in the end.
 */

import { type Random, seededRandom } from '@evenkeel/core';
import { checkScenario, type Scenario } from '@evenkeel/sim';

const CALM_MS = 2_000;
const FAULTS_WITHIN_MS = 4_000;
const EPISODE_MS = 12_000;
const BACKENDS = 5;
const FAULTS_MAX = 3;

/** Length of one episode with its warm-up. */
export const EPISODE_TOTAL_MS: number = EPISODE_MS + 500;

type FaultDraw = (random: Random) => Readonly<Record<string, unknown>>;

const between = (random: Random, low: number, high: number): number =>
  low + random.below(high - low + 1);
/** A share of requests: always, or some of them. */
const rate = (random: Random): number => (random.below(2) === 0 ? 1 : between(random, 1, 9) / 10);

/** Every kind that a balancer has to survive without losing anything. */
const DRAWS: readonly FaultDraw[] = [
  () => ({ kind: 'kill' }),
  () => ({ kind: 'freeze' }),
  () => ({ kind: 'restart' }),
  () => ({ kind: 'refuse' }),
  (random) => ({ kind: 'blackhole', rate: rate(random) }),
  (random) => ({ kind: 'latency', latencyMs: between(random, 20, 300), rate: rate(random) }),
  (random) => ({ kind: 'error', status: 500 + random.below(5), rate: rate(random) }),
  (random) => ({ kind: 'fastError', rate: rate(random) }),
  (random) => ({
    kind: 'reset',
    when: random.below(2) === 0 ? 'before-head' : 'mid-body',
    rate: rate(random),
  }),
  (random) => ({ kind: 'truncate', bytes: between(random, 1, 20), rate: rate(random) }),
  (random) => ({ kind: 'garbage', rate: rate(random) }),
  (random) => ({ kind: 'slowClose', delayMs: between(random, 10, 500), rate: rate(random) }),
  (random) => ({ kind: 'failFirst', n: between(random, 1, 50) }),
  (random) => ({ kind: 'healthLie', status: random.below(2) === 0 ? 200 : 503 }),
];

/** The seed of episode `index` (from 0): neighbours, so that any one can be the first of a replay. */
export function episodeSeed(seed: number, index: number): number {
  return (seed + index) % 2 ** 32;
}

/** One seed, one episode. */
export function randomEpisode(seed: number): Scenario {
  const random = seededRandom(seed).fork('episode');
  const faults = Array.from({ length: 1 + random.below(FAULTS_MAX) }, () => {
    const draw = DRAWS[random.below(DRAWS.length)] as FaultDraw;
    return {
      atMs: CALM_MS + random.below(FAULTS_WITHIN_MS / 2),
      target: drawTarget(random),
      fault: draw(random),
      forMs: between(random, 500, FAULTS_WITHIN_MS / 2),
    };
  });
  const service = { distribution: 'exponential', meanMs: 20 };
  return checkScenario(
    {
      name: `random-${seed}`,
      title: describe(faults),
      seed,
      fleet: [{ id: 'web', count: BACKENDS, concurrency: 20, queue: 200, service }],
      load: {
        kind: 'open',
        ratePerSecond: 200,
        warmupMs: EPISODE_TOTAL_MS - EPISODE_MS,
        durationMs: EPISODE_MS,
        timeoutMs: 5_000,
        postShare: 0.3,
        bodyBytes: 256,
      },
      faults,
      objectives: { recoverMs: 3_000 },
      // A balancer answers before its client's patience ends: else what it still tries looks lost.
      lb: {
        health: { intervalMs: 500, timeoutMs: 500 },
        passive: { consecutiveFailures: 5, ejection: { baseMs: 1_000 } },
        timeouts: { connectMs: 500, responseHeadMs: 1_000 },
      },
    },
    `the episode of seed ${seed}`,
  );
}

/** Mostly one backend, now and then two of five, seldom all. */
function drawTarget(random: Random): string | { percent: number } {
  const draw = random.below(10);
  if (draw < 6) return `web-${1 + random.below(BACKENDS)}`;
  return draw < 9 ? { percent: 40 } : 'all';
}

function describe(
  faults: readonly { fault: Readonly<Record<string, unknown>>; target: unknown }[],
): string {
  const shown = (target: unknown): string => (typeof target === 'string' ? target : 'two of five');
  return faults.map(({ fault, target }) => `${fault.kind} of ${shown(target)}`).join(', ');
}
