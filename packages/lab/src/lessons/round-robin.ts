/** Lesson 2: equal numbers of requests are not equal work. */

import { known, type Lesson, openLoad } from './lesson.ts';

export const roundRobin: Lesson = {
  id: 'round-robin',
  title: 'Round robin and unequal work',
  text: [
    'Round robin gives every server its turn, so that all servers get equally many requests.',
    'But one request in ten is twenty times as much work as the others.',
    'Watch what happens behind such a request under round robin.',
  ],
  question: 'All servers get equally many requests. Which balancer has the slower 99th percentile?',
  options: ['Round robin', 'Least connections', 'Both alike: the numbers are equal'],
  answer: 0,
  explanation:
    'Round robin counts requests, not work. It goes on sending to the server that is busy with a large request, and the small requests behind it wait. Such a server has more requests in flight, and that is what least connections looks at.',
  scenario: {
    name: 'lesson-unequal-work',
    title: 'One request in ten is large',
    seed: 3,
    fleet: [
      {
        id: 'web',
        count: 6,
        concurrency: 1,
        queue: 200,
        service: { distribution: 'bimodal', fastMs: 20, slowMs: 400, slowShare: 0.1 },
      },
    ],
    load: openLoad(0.6, 20_000),
  },
  strategies: ['round-robin', 'least-connections'],
  speed: 0.2,
  atMs: 0,
  claim: ([turns, least]) => known(turns?.p99Ms) > known(least?.p99Ms),
  holdsFor: 0.95,
};
