/** Lesson 10: the mean hides what happens to one request in forty. */

import { equalFleet, known, type Lesson } from './lesson.ts';

export const tail: Lesson = {
  id: 'tail',
  title: 'Why p99, and not the mean',
  text: [
    'Eight servers at low load; one of them takes a second longer for a fifth of its requests.',
    'All health checks pass, and not a single request fails.',
    'Look at the mean first, and then at the 99th percentile.',
  ],
  question: 'A page makes fifty requests. How many pages get at least one slow answer?',
  options: ['One in forty: as many as requests', 'About a third', 'More than half of them'],
  answer: 2,
  explanation:
    'One request in forty is slow: the mean moves by a few hundredths of a second. But a page that makes fifty requests gets no slow answer with a probability of only 0.975⁵⁰ = 28 %. The mean describes the servers; users see the tail (Dean and Barroso, The Tail at Scale, 2013).',
  scenario: {
    name: 'lesson-tail',
    title: 'One of eight is sometimes a second late',
    seed: 10,
    fleet: equalFleet(8, 8, 20),
    load: { kind: 'open', ratePerSecond: 300, warmupMs: 500, durationMs: 12_000, timeoutMs: 5000 },
    faults: [{ atMs: 0, target: 'web-5', fault: { kind: 'latency', rate: 0.2, latencyMs: 1000 } }],
  },
  strategies: ['round-robin', 'power-of-two'],
  speed: 0.2,
  atMs: 500,
  claim: ([turns]) =>
    known(turns?.meanMs) < 4 * known(turns?.p50Ms) &&
    known(turns?.p99Ms) > 20 * known(turns?.meanMs),
  holdsFor: 0.95,
};
