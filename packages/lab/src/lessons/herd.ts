/** Lesson 5: the best choice by old news is the worst one. */

import { equalFleet, known, type Lesson, openLoad } from './lesson.ts';

export const herd: Lesson = {
  id: 'herd',
  title: 'The herd: everybody follows old news',
  text: [
    'Two balancers share the servers, and hear only every fifth of a second how busy each one is.',
    'Between two reports both of them believe the same old numbers.',
    'Least connections goes where the least was; power of two draws two and takes the better one.',
  ],
  question: 'Which of the three has the worst 99th percentile?',
  options: ['Random: it knows nothing', 'Power of two', 'Least connections: it knows the most'],
  answer: 2,
  explanation:
    'Both run to the server that was idle a moment ago, and bury it; at the next report the herd turns to another one. Chance is a cure: it keeps them from all doing the same (Mitzenmacher, How Useful Is Old Information?, 2000).',
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
