/** Lesson 4: two choices are nearly as good as all of them. */

import { equalFleet, known, type Lesson, openLoad } from './lesson.ts';

export const powerOfTwo: Lesson = {
  id: 'power-of-two',
  title: 'The power of two choices',
  text: [
    'With a thousand servers it costs too much to look at all of them for each request.',
    'Power of two draws two at random and takes the one with fewer requests in flight.',
    'Here are ten servers at 85 % load: one balancer draws one server at random, one draws two, and one looks at all ten.',
  ],
  question: 'How much of the gain of looking at all ten does looking at two bring?',
  options: ['A fifth: two of ten', 'About half', 'Most of it'],
  answer: 2,
  explanation:
    'With one server drawn, the probability of a queue falls geometrically with its length; with two it falls doubly exponentially (Mitzenmacher; Vvedenskaya, Dobrushin and Karpelevich, 1996). Looking at a third or a tenth server gains hardly anything more.',
  scenario: {
    name: 'lesson-two-choices',
    title: 'Ten equal servers at 85 %',
    seed: 5,
    fleet: equalFleet(10, 1, 50),
    load: openLoad(0.85, 20_000),
  },
  strategies: ['random', 'power-of-two', 'least-connections'],
  speed: 0.2,
  atMs: 0,
  claim: ([one, two, all]) => {
    const gain = known(one?.meanMs) - known(all?.meanMs);
    return known(one?.meanMs) - known(two?.meanMs) > 0.6 * gain;
  },
  holdsFor: 0.95,
};
