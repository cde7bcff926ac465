/** Lesson 5: the best choice by old reports is the worst one. */

import { equalFleet, known, type Lesson, openLoad } from './lesson.ts';

export const herd: Lesson = {
  id: 'herd',
  title: 'The herd: all balancers follow old reports',
  text: [
    'Two balancers share the servers, and get a report of how busy each one is only every 200 ms.',
    'Between two reports both decide by the same old numbers.',
    'Least connections picks the server that had the fewest requests; power of two draws two servers and takes the better one.',
  ],
  question: 'Which of the three has the worst 99th percentile?',
  options: ['Random: it knows nothing', 'Power of two', 'Least connections: it knows the most'],
  answer: 2,
  explanation:
    'With least connections both balancers send everything to the server that was idle at the last report, and overload it; at the next report both turn to another one. Random choice prevents this: the balancers no longer all do the same (Mitzenmacher, How Useful Is Old Information?, 2000).',
  scenario: {
    name: 'lesson-herd',
    title: 'Reports every 200 ms',
    seed: 2,
    fleet: equalFleet(8, 4, 20),
    load: openLoad(0.8, 8000),
    sim: { balancers: 2, staleMs: 200 },
  },
  strategies: ['random', 'power-of-two', 'least-connections'],
  speed: 0.1,
  atMs: 0,
  claim: ([chance, two, least]) =>
    known(least?.p99Ms) > known(two?.p99Ms) && known(least?.p99Ms) > known(chance?.p99Ms),
  holdsFor: 0.99,
};
