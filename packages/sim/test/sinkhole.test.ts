/**
 * Fast failures must not attract: a backend that fails at once looks idle and quick. What it draws before it
 * is ejected, and how soon that is, for every strategy and several ways to fail.
 */

import { strategies } from '@evenkeel/core';
import { describe, expect, it } from 'vitest';
import { run, scenarioOf } from './support.ts';

const FLEET = [
  {
    id: 'web',
    count: 8,
    concurrency: 20,
    queue: 200,
    service: { distribution: 'exponential', meanMs: 20 },
  },
];
const LOAD = {
  kind: 'open',
  ratePerSecond: 400,
  warmupMs: 2000,
  durationMs: 6000,
  timeoutMs: 3000,
  keys: { count: 2000, zipf: 0 },
};
const FAULTS = [
  { kind: 'fastError', status: 500 },
  { kind: 'fastError', status: 503 },
  { kind: 'reset' },
  { kind: 'refuse' },
];
const AT_MS = 1000;
const named = FAULTS.map((fault) => [`${fault.kind} ${fault.status ?? ''}`.trim(), fault] as const);

/** A quarter of the fleet fails from the first second on. */
const sick = (fault: object, lb: object) =>
  scenarioOf({
    fleet: FLEET,
    load: LOAD,
    faults: ['web-3', 'web-6'].map((target) => ({ atMs: AT_MS, target, fault })),
    lb: { health: 'off', ...lb },
  });

describe.each(named)('by %s', (_, fault) => {
  it.each(['peak-ewma', 'least-response-time'])(
    '%s gives the failing quarter at most twice its share, without passive health',
    (strategy) => {
      const { backends, attempts } = run(sick(fault, { passive: 'off', retries: 'off' }), strategy);
      const drawn = backends.filter(({ id }) => id === 'web-3' || id === 'web-6');
      const failing = drawn.reduce((sum, { requests }) => sum + requests, 0);
      // Of the first second it had a quarter.
      expect(failing / attempts).toBeLessThan(0.5);
    },
  );

  it.each(strategies.map(({ name }) => name))('%s has it ejected within a second', (strategy) => {
    const { events } = run(sick(fault, {}), strategy);
    for (const id of ['web-3', 'web-6']) {
      const ejected = events.find(({ endpoint, to }) => endpoint === id && to === 'ejected');
      expect(ejected, id).toBeDefined();
      expect((ejected?.atMs ?? Infinity) - LOAD.warmupMs - AT_MS).toBeLessThan(1000);
    }
  });
});
