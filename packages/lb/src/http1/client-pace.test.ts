/** The pace that is asked of a client, on a clock of the test's own. */

import { expect, test } from 'vitest';
import { ReceivingPace } from './client-pace.ts';
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS } from './settings.ts';

/** Sends so many bytes at this interval for ten minutes; the time at which it is too slow, if it is. */
function tooSlowAt(bytes: number, everyMs: number, isWaitedFor: boolean): number | undefined {
  const pace = new ReceivingPace();
  pace.begin(DEFAULT_LIMITS, DEFAULT_TIMEOUTS);
  for (let nowMs = 0; nowMs < 600_000; nowMs += everyMs) {
    pace.waits(true, nowMs);
    if (!isWaitedFor) pace.waits(false, nowMs + 1);
    if (!pace.received(bytes, nowMs + everyMs)) return nowMs + everyMs;
  }
  return undefined;
}

test('a byte every second is too slow after 30 s, 240 bytes a second are not', () => {
  expect(tooSlowAt(1, 1_000, true)).toBe(30_000);
  expect(tooSlowAt(239, 1_000, true)).toBe(30_000);
  expect(tooSlowAt(240, 1_000, true)).toBeUndefined();
  expect(tooSlowAt(3_000, 10_000, true)).toBeUndefined();
});

test('time in which it is not waited for does not count', () => {
  expect(tooSlowAt(1, 1_000, false)).toBeUndefined();
});

test('0 is off', () => {
  const pace = new ReceivingPace();
  pace.begin({ ...DEFAULT_LIMITS, minBytesPerSecond: 0 }, DEFAULT_TIMEOUTS);
  pace.waits(true, 0);
  expect(pace.received(1, 1_000_000)).toBe(true);
});
