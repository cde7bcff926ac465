/** Lesson 1: random choice lets requests wait while servers idle. */

import { equalFleet, known, type Lesson, openLoad } from './lesson.ts';

export const random: Lesson = {
  id: 'random',
  title: 'Random wastes servers',
  text: [
    'Six equal servers each serve one request at a time; on average 70 % of them are busy.',
    'The first balancer sends every request to a server drawn at random; the second one to a server with the fewest requests.',
    'Both meet exactly the same requests.',
  ],
  question: 'How much longer does the average request take under random choice?',
  options: ['About as long: it evens out', 'Half as long again', 'More than twice as long'],
  answer: 2,
  explanation:
    'Random choice puts two requests on one server while another one is idle. Each server is then a queue of its own: with a load of 70 % theory (M/M/1) gives 1 / (1 − 0.7) = 3.3 service times. A balancer that looks first nearly always finds an idle server.',
  scenario: {
    name: 'lesson-random',
    title: 'Six equal servers at 70 %',
    seed: 7,
    fleet: equalFleet(6, 1, 50),
    load: openLoad(0.7, 20_000),
  },
  strategies: ['random', 'least-connections'],
  speed: 0.2,
  atMs: 0,
  claim: ([chance, least]) => known(chance?.meanMs) > 2 * known(least?.meanMs),
  holdsFor: 0.95,
};
