/** Lesson 8: a server that comes back is cold. */

import { equalFleet, known, type Lesson } from './lesson.ts';

/** What a cold server adds to each request. */
const COLD_MS = 300;
const LB = { health: { intervalMs: 200, rise: 1 }, retries: 'off' } as const;

export const slowStart: Lesson = {
  id: 'slow-start',
  title: 'Slow start',
  text: [
    'One of four servers was down, and comes back with cold caches: for three seconds each of its answers takes 300 ms longer.',
    'The first balancer gives it its full quarter at once.',
    'The second balancer lets it warm up: its share grows over six seconds.',
  ],
  question: 'How many of the requests meet the cold server, and take more than 300 ms?',
  options: [
    'As many on both sides',
    'Far fewer with slow start',
    'More with slow start: it lasts longer',
  ],
  answer: 1,
  explanation:
    'A server is at its slowest just when it is new: empty caches, no connections, code that has not been compiled. Slow start gives it a little at first, and more by degrees. The small share must still be enough to warm it up.',
  scenario: {
    name: 'lesson-slow-start',
    title: 'A server returns with cold caches',
    seed: 9,
    fleet: equalFleet(4, 8, 40),
    load: { kind: 'open', ratePerSecond: 240, warmupMs: 500, durationMs: 5400, timeoutMs: 5000 },
    faults: [
      { atMs: 500, target: 'web-2', fault: { kind: 'kill' }, forMs: 1500 },
      { atMs: 2000, target: 'web-2', fault: { kind: 'latency', latencyMs: COLD_MS }, forMs: 3000 },
    ],
    lb: LB,
  },
  strategies: [
    'round-robin',
    {
      strategy: 'round-robin',
      label: 'with slow start',
      lb: { slowStart: { windowMs: 6000, minFactor: 0.1 } },
    },
  ],
  speed: 0.2,
  atMs: 2000,
  // A request that met the cold server took 300 ms longer: more than one in ten on one side, fewer on the other.
  claim: ([cold, warm]) => known(cold?.p90Ms) > COLD_MS && known(warm?.p90Ms) < COLD_MS,
  holdsFor: 0.99,
};
