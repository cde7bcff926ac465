/** Lesson 7: retries keep an overload alive that a budget would have ended. */

import { equalFleet, known, type Lesson } from './lesson.ts';

const TRIES = { tries: 3, on: ['connect', 'reset', 'timeout', 'status'] } as const;
const QUIET = { health: 'off', passive: 'off', timeouts: { responseHeadMs: 250 } } as const;

export const retryStorm: Lesson = {
  id: 'retry-storm',
  title: 'A retry storm, and its budget',
  text: [
    'Four servers at 90 % load; for one second every answer takes 400 ms longer, and then the servers are as before.',
    'Both balancers give up on an attempt after 250 ms and send the request to another server.',
    'The second one has a budget: retries may add a twentieth to the requests, and no more.',
  ],
  question: 'The servers recover after one second. How soon do the clients see it?',
  options: [
    'At once on both sides',
    'Without a budget errors last long after their cause',
    'With a budget more requests fail',
  ],
  answer: 1,
  explanation:
    'Attempts that are given up still cost work. With two attempts for each request a fleet at 90 % load has far more to do than it can, so requests time out, so they are tried again: the overload keeps itself going. The budget ends that: retries stay a fixed share of the requests.',
  scenario: {
    name: 'lesson-retry-storm',
    title: 'A second of slow answers',
    seed: 6,
    fleet: equalFleet(4, 8, 40),
    load: { kind: 'open', fraction: 0.9, warmupMs: 500, durationMs: 10_000, timeoutMs: 1500 },
    faults: [
      { atMs: 1500, target: 'all', fault: { kind: 'latency', latencyMs: 400 }, forMs: 1000 },
    ],
  },
  strategies: [
    {
      strategy: 'round-robin',
      label: 'no budget',
      lb: { ...QUIET, retries: { ...TRIES, budget: { ratio: 100, floorPerSecond: 1000 } } },
    },
    {
      strategy: 'round-robin',
      label: 'budget of 5 %',
      lb: { ...QUIET, retries: { ...TRIES, budget: { ratio: 0.05, floorPerSecond: 1 } } },
    },
  ],
  speed: 0.1,
  atMs: 1200,
  claim: ([storm, budget]) =>
    known(storm?.failed) > 2 * known(budget?.failed) &&
    known(storm?.amplification) > 1.3 * known(budget?.amplification),
  holdsFor: 0.95,
};
