/** A run taken in steps, with an observer, is the run taken in one; and what is heard adds up. */

import { strategyNamed } from '@evenkeel/core';
import { type RunObserver, Simulation } from '@evenkeel/sim/engine';
import { describe, expect, test } from 'vitest';
import { run, scenarioOf } from './support.ts';

const CLOSED = { kind: 'closed', connections: 30, warmupMs: 100, durationMs: 1500, timeoutMs: 300 };
const FAULTS = [
  { atMs: 300, target: 'web-1', fault: { kind: 'kill' }, forMs: 400 },
  { atMs: 500, target: 'web-2', fault: { kind: 'freeze' }, forMs: 400 },
  { atMs: 600, target: 'all', fault: { kind: 'error', rate: 0.2, status: 503 } },
];
const OPEN = { kind: 'open', fraction: 0.9, warmupMs: 100, durationMs: 1500, timeoutMs: 200 };
const SHARED = ['fifo', 'processor-sharing'].map((discipline) => ({
  id: `web-${discipline.length}`,
  count: 2,
  concurrency: 3,
  discipline,
  service: { distribution: 'exponential', meanMs: 20 },
}));
const SCENARIOS = {
  open: scenarioOf({ load: OPEN, faults: FAULTS }),
  closed: scenarioOf({ load: CLOSED, faults: FAULTS }),
  'both disciplines': scenarioOf({ load: OPEN, fleet: SHARED }),
};

/** Counts what it hears. */
class Counting implements RunObserver {
  readonly jobs = new Map<number, string>();
  readonly working = new Map<number, string>();
  readonly open = new Map<number, number>();
  attempts = 0;
  ends = 0;
  lastMs = 0;

  sent(atMs: number, request: number): void {
    this.#passes(atMs);
    expect(this.open.get(request) ?? 0).toBe(0);
    this.open.set(request, 1);
  }
  attempt(atMs: number, job: number, _request: number, backend: string): void {
    this.#passes(atMs);
    this.attempts++;
    this.jobs.set(job, backend);
  }
  serving(atMs: number, job: number): void {
    this.#passes(atMs);
    this.working.set(job, this.jobs.get(job)!);
  }
  worked(atMs: number, job: number): void {
    this.#passes(atMs);
    expect(this.working.delete(job)).toBe(true);
  }
  head(): void {}
  attemptEnded(atMs: number): void {
    this.#passes(atMs);
    this.ends++;
  }
  finished(atMs: number, request: number): void {
    this.#passes(atMs);
    expect(this.open.get(request)).toBe(1);
    this.open.delete(request);
  }
  stopped(_: number, backend: string): void {
    for (const [job, at] of this.working) if (at === backend) this.working.delete(job);
  }
  fault(): void {}
  action(): void {}
  pool(): void {}

  #passes(atMs: number): void {
    expect(atMs).toBeGreaterThanOrEqual(this.lastMs);
    this.lastMs = atMs;
  }
}

const LONGEST_QUEUE = 1000;

describe.each(Object.entries(SCENARIOS))('%s', (_, scenario) => {
  test.each([0.1, 7, 1e9])('steps of %d ms change nothing', (stepMs) => {
    const observer = new Counting();
    const strategy = strategyNamed('power-of-two').create();
    const simulation = new Simulation({ scenario, strategy, observer });
    for (let toMs = stepMs; !simulation.isOver; toMs += stepMs) {
      simulation.advance(toMs);
      expect(simulation.nextMs).toBeGreaterThan(toMs);
      expect(observer.lastMs).toBeLessThanOrEqual(toMs);
      expect(observer.working.size).toBeLessThan(LONGEST_QUEUE);
    }
    expect(simulation.nextMs).toBe(Infinity);
    expect(simulation.result().traceHash).toBe(run(scenario, 'power-of-two').traceHash);
    expect(observer.open.size).toBe(0);
    expect(observer.ends).toBe(observer.attempts);
    expect(observer.attempts).toBeGreaterThan(100);
  });

  test('an instant at a time, none is passed over', () => {
    const strategy = strategyNamed('random').create();
    const simulation = new Simulation({ scenario, strategy });
    simulation.advance(0);
    for (let lastMs = 0; !simulation.isOver; ) {
      const atMs = simulation.nextMs;
      expect(atMs).toBeGreaterThan(lastMs);
      simulation.advance(atMs);
      lastMs = atMs;
    }
    expect(simulation.result().traceHash).toBe(run(scenario, 'random').traceHash);
  });
});
