/** What the start of a large fleet costs, in operations: linear in its size. */

import { afterEach, expect, test } from 'vitest';
import { createCluster } from '../src/cluster.ts';
import type { Clock, TimerId } from '../src/ports.ts';
import { seededRandom } from '../src/random.ts';
import { cyclic } from './support/fixtures.ts';

/**
 * Fires timers in order of time. Loops by hand, so that the counts below are the cluster's alone.
 */
class PlainClock implements Clock {
  #nowMs = 0;
  #nextId = 1;
  readonly #timers = new Map<TimerId, { dueMs: number; fire: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, fire: () => void): TimerId {
    this.#timers.set(this.#nextId, { dueMs: this.#nowMs + delayMs, fire });
    return this.#nextId++;
  }

  cancel(id: TimerId): void {
    this.#timers.delete(id);
  }

  advance(untilMs: number): void {
    for (;;) {
      let next: TimerId = 0;
      let dueMs = untilMs;
      for (const [id, timer] of this.#timers) {
        if (timer.dueMs > dueMs || (timer.dueMs === dueMs && next !== 0)) continue;
        next = id;
        dueMs = timer.dueMs;
      }
      const timer = this.#timers.get(next);
      if (timer === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = dueMs;
      timer.fire();
    }
    this.#nowMs = untilMs;
  }
}

const COUNTED = [
  'map',
  'filter',
  'some',
  'every',
  'find',
  'findIndex',
  'includes',
  'flatMap',
] as const;
const originals = COUNTED.map((name) => Array.prototype[name]);

afterEach(() => {
  for (const [i, name] of COUNTED.entries()) {
    Object.defineProperty(Array.prototype, name, { value: originals[i] });
  }
});

/**
 * Elements that array methods go over while a fleet of n starts and each endpoint passes its first
 * probe.
 */
function visitsOfStart(n: number): number {
  let visits = 0;
  const clock = new PlainClock();
  const cluster = createCluster({
    clock,
    random: seededRandom(1),
    strategy: () => cyclic(),
    probe(_, done) {
      done({ ok: true });
      return () => {};
    },
  });
  const specs = Array.from({ length: n }, (_, i) => ({ id: `e${i}` }));
  for (const [i, name] of COUNTED.entries()) {
    const original = originals[i] as (...given: unknown[]) => unknown;
    Object.defineProperty(Array.prototype, name, {
      configurable: true,
      writable: true,
      value(this: unknown[], ...given: unknown[]) {
        visits += this.length;
        return original.apply(this, given);
      },
    });
  }
  cluster.update(specs);
  clock.advance(1000);
  expect(cluster.pool.ready.length).toBe(n);
  cluster.close();
  return visits;
}

test('four times as many endpoints cost four times as much', () => {
  const [few, many] = [visitsOfStart(500), visitsOfStart(2000)];
  expect(few).toBeGreaterThan(500);
  expect(many).toBeLessThan(few * 4.5);
});
