/** Laws of waiting with timers of whole milliseconds. */

import { expect, test } from 'vitest';
import { atDeadline } from './deadline.ts';

/** A clock whose timers fire `errorMs` off their moment; it records the delays that were set. */
function clock(errorMs: number): {
  now: () => number;
  after: (delayMs: number, fire: () => void) => number;
  delays: number[];
} {
  let nowMs = 0;
  const delays: number[] = [];
  const after = (delayMs: number, fire: () => void): number => {
    nowMs += delayMs + errorMs;
    const id = delays.push(delayMs);
    if (id < 100) fire();
    return id;
  };
  return { now: () => nowMs, after, delays };
}

test('fires at once, without a timer, when the moment is past or less than half a tick away', () => {
  for (const deadlineMs of [-3, 0, 0.5]) {
    const at = clock(0);
    let lateMs = Number.NaN;
    atDeadline(at, deadlineMs, (late) => {
      lateMs = late;
    });
    expect(lateMs).toBe(-deadlineMs);
    expect(at.delays).toEqual([]);
  }
});

test('sets whole milliseconds only, and waits on after a timer that fired early', () => {
  const at = clock(-0.75);
  let lateMs = Number.NaN;
  atDeadline(at, 10.2, (late) => {
    lateMs = late;
  });
  expect(at.delays).toEqual([10, 1, 1]);
  expect(lateMs).toBeCloseTo(-0.45, 9);
});

test('tells how late a timer was', () => {
  let lateMs = Number.NaN;
  atDeadline(clock(1.25), 10, (late) => {
    lateMs = late;
  });
  expect(lateMs).toBeCloseTo(1.25, 9);
});

test('never sets a timer longer than Node can, which would fire at once', () => {
  const at = clock(0);
  atDeadline(at, 3e9, () => {});
  expect(at.delays).toEqual([2 ** 31 - 1, 3e9 - (2 ** 31 - 1)]);
});
