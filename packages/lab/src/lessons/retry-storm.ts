/** Lesson 7: retries keep an overload alive that a budget would have ended. */

import { equalFleet, known, type Lesson } from './lesson.ts';

const TRIES = { tries: 3, on: ['connect', 'reset', 'timeout', 'status'] } as const;
const QUIET = { health: 'off', passive: 'off', timeouts: { responseHeadMs: 250 } } as const;

export const retryStorm: Lesson = {
  id: 'retry-storm',
  title: 'A retry storm, and its budget',
  text: [
    'Four servers at 90 %; for one second everything gets slow, and then all is well again.',
    'Both balancers give up on an attempt after 250 ms and send the request to another server.',
    'The second one has a budget: retries may add a twentieth to the requests, and no more.',
  ],
  question: 'The servers are well again after one second. And the clients?',
  options: [
    'All is well at once on both sides',
    'Without a budget the trouble lasts long after its cause',
    'With a budget more requests fail',
  ],
  answer: 1,
  explanation:
    'Attempts that are given up still cost work. With two attempts for each request a fleet at 90 % has to do far more than it can, so that everything times out, so that everything is tried again: a second of trouble feeds itself. The budget breaks the circle: retries stay a fixed share of what is asked.',
  scenario: {
    name: 'lesson-retry-storm',
    title: 'A second of slowness',
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
