/** Lesson 3: looking at requests in flight finds out how fast servers are. */

import { known, type Lesson } from './lesson.ts';

export const leastConnections: Lesson = {
  id: 'least-connections',
  title: 'Least connections finds the slow one',
  text: [
    'Three fast servers, and one that is five times slower; no weights are configured.',
    'Round robin gives the slow one a quarter of all requests.',
    'Least connections gives each request to the server with the fewest in flight.',
  ],
  question: 'What share of the requests will the slow server get from least connections?',
  options: ['A quarter as well', 'Less than a tenth: about what it can do', 'Nothing at all'],
  answer: 1,
  explanation:
    'A slow server keeps its requests longer, so it has more in flight and gets the next one later: the number in flight measures speed and load at once. No weight had to be configured.',
  scenario: {
    name: 'lesson-one-slow',
    title: 'One of four is five times slower',
    seed: 11,
    fleet: [
      {
        id: 'fast',
        count: 3,
        concurrency: 4,
        queue: 200,
        service: { distribution: 'exponential', meanMs: 40 },
      },
      {
        id: 'slow',
        count: 1,
        concurrency: 4,
        queue: 200,
        service: { distribution: 'exponential', meanMs: 200 },
      },
    ],
    load: {
      kind: 'open',
      ratePerSecond: 200,
      warmupMs: 1000,
      durationMs: 15_000,
      timeoutMs: 10_000,
    },
  },
  strategies: ['round-robin', 'least-connections'],
  speed: 0.2,
  atMs: 0,
  // Jain's index of three equal shares and one of a tenth is 1 / (4 (3 · 0.3² + 0.1²)): below it the share is smaller.
  claim: ([turns, least]) =>
    known(turns?.p99Ms) > 2 * known(least?.p99Ms) && known(least?.jain) < 1 / 1.12,
  holdsFor: 0.99,
};
