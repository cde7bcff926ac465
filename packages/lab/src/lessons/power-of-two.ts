/** Lesson 4: two choices are nearly as good as all of them. */

import { equalFleet, known, type Lesson, openLoad } from './lesson.ts';

export const powerOfTwo: Lesson = {
  id: 'power-of-two',
  title: 'The power of two choices',
  text: [
    'With a thousand servers nobody wants to look at all of them for each request.',
    'Power of two draws just two by chance and takes the one with fewer requests.',
    'Here are ten servers at 85 %: one look at random, two looks, and all ten.',
  ],
  question: 'How much of the gain of looking at all ten do two looks bring?',
  options: ['A fifth: two of ten', 'About half', 'Most of it'],
  answer: 2,
  explanation:
    'One look leaves queues whose lengths fall off geometrically; with two looks they fall off doubly exponentially (Mitzenmacher; Vvedenskaya, Dobrushin and Karpelevich, 1996). The third and the tenth look bring hardly anything more.',
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
