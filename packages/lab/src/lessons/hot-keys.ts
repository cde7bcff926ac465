/** Lesson 9: some keys are more popular than a server is large. */

import { equalFleet, known, type Lesson } from './lesson.ts';

export const hotKeys: Lesson = {
  id: 'hot-keys',
  title: 'Hot keys, and a bound for hashing',
  text: [
    'With caches, each key should stay at one server: a hash of the key decides where a request goes.',
    'But keys are not equally popular, and the most popular one alone is a tenth of the traffic.',
    'Bounded hashing sends a request on to the next server of the ring when its server has a quarter more than its share.',
  ],
  question: 'What does the bound cost and gain?',
  options: [
    'Nothing is gained: the hot key stays hot',
    'All affinity is lost',
    'Most keys stay where they are, and the tail is far shorter',
  ],
  answer: 2,
  explanation:
    'Consistent hashing alone overloads the server of the hottest key while others idle. With bounded loads (Mirrokni, Thorup and Zadimoghaddam, 2016) only what is above the bound moves on, to the next server of the ring, and always to the same one.',
  scenario: {
    name: 'lesson-hot-keys',
    title: 'Popular keys',
    seed: 8,
    fleet: equalFleet(6, 4, 50),
    load: {
      kind: 'open',
      fraction: 0.6,
      warmupMs: 1000,
      durationMs: 10_000,
      timeoutMs: 10_000,
      keys: { count: 1000, zipf: 1 },
    },
  },
  strategies: ['ring-hash', 'bounded-hash'],
  speed: 0.2,
  atMs: 0,
  claim: ([ring, bounded]) =>
    known(ring?.p99Ms) > 1.5 * known(bounded?.p99Ms) && known(ring?.jain) < known(bounded?.jain),
  holdsFor: 0.9,
};
