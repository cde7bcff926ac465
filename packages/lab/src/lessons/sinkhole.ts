/** Lesson 6: the backend that fails fastest looks idle, and attracts all requests. */

import { equalFleet, known, type Lesson } from './lesson.ts';

const BLIND = { health: 'off', passive: 'off', retries: 'off' } as const;

export const sinkhole: Lesson = {
  id: 'sinkhole',
  title: 'The sinkhole',
  text: [
    'After two seconds one of four servers breaks: it answers every request with an error, at once.',
    'No health check runs here, and nothing is retried.',
    'The third balancer looks at outcomes: five failures in a row, and a server is out for a while.',
  ],
  question: 'With which balancer do the most requests fail?',
  options: ['Round robin: a quarter', 'Least connections', 'They are alike: one in four is broken'],
  answer: 1,
  explanation:
    'A server that fails at once is never busy. To every strategy that follows load or latency it looks best, and the more it fails the more traffic it gets. Only looking at outcomes helps: passive health takes it out.',
  scenario: {
    name: 'lesson-sinkhole',
    title: 'One of four answers errors at once',
    seed: 4,
    fleet: equalFleet(4, 4, 60),
    load: { kind: 'open', ratePerSecond: 150, warmupMs: 500, durationMs: 10_000, timeoutMs: 5000 },
    faults: [{ atMs: 2000, target: 'web-3', fault: { kind: 'fastError' } }],
  },
  strategies: [
    { strategy: 'round-robin', label: 'round robin', lb: BLIND },
    { strategy: 'least-connections', label: 'least connections', lb: BLIND },
    {
      strategy: 'least-connections',
      label: 'with passive health',
      lb: { health: 'off', retries: 'off', passive: { consecutiveFailures: 5 } },
    },
  ],
  speed: 0.2,
  atMs: 1500,
  claim: ([turns, least, guarded]) =>
    known(least?.failed) > 1.2 * known(turns?.failed) &&
    known(guarded?.failed) < 0.5 * known(turns?.failed),
  holdsFor: 0.95,
};
