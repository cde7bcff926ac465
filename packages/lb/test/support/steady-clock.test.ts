/** The law that keeps the tests of the balancer true on a machine that stalls. */

import { expect, test } from 'vitest';
import { systemClock } from '../../src/system-clock.ts';
import './steady-clock.ts';

function standStill(forMs: number): void {
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs);
}

test('a moment in which the process stands still does not pass, and a timer fires after its time', async () => {
  const startMs = performance.now();
  const told: number[] = [];
  const fired = new Promise<void>((resolve) => systemClock.after(60, resolve));
  const ended = fired.then(() => told.push(performance.now() - startMs));
  const cancelled = systemClock.after(60, () => told.push(-1));
  standStill(100);
  await new Promise((done) => setTimeout(done, 1));
  expect(told).toEqual([]);
  systemClock.cancel(cancelled);
  await ended;
  expect(told).toHaveLength(1);
  expect(told[0]).toBeGreaterThanOrEqual(100 + 60 - 2 * 20);
});
