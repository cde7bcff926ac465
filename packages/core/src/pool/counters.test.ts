import { describe, expect, test } from 'vitest';
import { type Counters, LocalCounters } from './counters.ts';
import { SharedCounters, sharedCountersBytes } from './shared-counters.ts';

const LAYOUT = { capacity: 8, workers: 3 };

/** Three workers' views of one memory. */
function shared(): SharedCounters[] {
  const memory = new SharedArrayBuffer(sharedCountersBytes(LAYOUT));
  return [0, 1, 2].map((worker) => new SharedCounters(memory, LAYOUT, worker));
}

const figures = (counters: Counters, slot: number): number[] => [
  counters.inFlight(slot),
  counters.ownInFlight(slot),
  counters.requests(slot),
  counters.failures(slot),
  counters.retries(slot),
];

describe.each<[string, () => Counters]>([
  ['counters of one thread', () => new LocalCounters()],
  ['shared counters', () => shared()[1]!],
])('%s', (_, make) => {
  test('count what starts and ends, slot by slot', () => {
    const counters = make();
    counters.reserve(8);
    counters.started(2, false);
    counters.started(2, true);
    counters.started(7, false);
    counters.ended(2, true);
    expect(figures(counters, 2)).toEqual([1, 1, 2, 1, 1]);
    expect(figures(counters, 7)).toEqual([1, 1, 1, 0, 0]);
    counters.ended(2, false);
    expect(figures(counters, 2)).toEqual([0, 0, 2, 1, 1]);
  });

  test('a start that is taken back leaves nothing', () => {
    const counters = make();
    counters.reserve(8);
    for (const isRetry of [true, false]) {
      counters.started(3, isRetry);
      counters.withdrawn(3, isRetry);
    }
    expect(figures(counters, 3)).toEqual([0, 0, 0, 0, 0]);
  });

  test('a slot that is cleared starts at 0, and no other does', () => {
    const counters = make();
    counters.reserve(8);
    for (const slot of [0, 1]) {
      counters.started(slot, true);
      counters.started(slot, false);
      counters.ended(slot, true);
    }
    counters.clear(0);
    expect(figures(counters, 0)).toEqual([0, 0, 0, 0, 0]);
    expect(figures(counters, 1)).toEqual([1, 1, 2, 1, 1]);
  });
});

test('counters of one thread keep what was counted when they grow', () => {
  const counters = new LocalCounters();
  counters.reserve(1);
  counters.started(0, true);
  counters.reserve(1000);
  counters.started(999, false);
  expect(figures(counters, 0)).toEqual([1, 1, 1, 0, 1]);
  expect(figures(counters, 999)).toEqual([1, 1, 1, 0, 0]);
});

describe('shared counters', () => {
  test('each worker reads what all have in flight and have counted, and knows its own part', () => {
    const [a, b, c] = shared() as [SharedCounters, SharedCounters, SharedCounters];
    a.started(5, false);
    b.started(5, true);
    b.started(5, false);
    b.ended(5, true);
    expect(figures(a, 5)).toEqual([2, 1, 3, 1, 1]);
    expect(figures(b, 5)).toEqual([2, 1, 3, 1, 1]);
    expect(figures(c, 5)).toEqual([2, 0, 3, 1, 1]);
    c.clear(5);
    expect(figures(b, 5)).toEqual([0, 0, 0, 0, 0]);
  });

  test('what a dead worker had in flight is taken back once, and what it counted stays', () => {
    const [a, b] = shared() as [SharedCounters, SharedCounters];
    a.started(0, false);
    a.started(4, false);
    a.started(4, true);
    b.started(4, false);
    b.recover(0);
    b.recover(0);
    expect([b.inFlight(0), b.inFlight(4)]).toEqual([0, 1]);
    expect([b.requests(4), b.retries(4)]).toEqual([3, 1]);
    b.ended(4, false);
    expect(b.inFlight(4)).toBe(0);
  });

  test('lie in any memory of the right size', () => {
    const counters = new SharedCounters(new ArrayBuffer(sharedCountersBytes(LAYOUT)), LAYOUT, 2);
    counters.started(7, true);
    expect(figures(counters, 7)).toEqual([1, 1, 1, 0, 1]);
    const bytes = sharedCountersBytes(LAYOUT);
    expect(() => new SharedCounters(new ArrayBuffer(bytes - 8), LAYOUT, 0)).toThrow(
      `memory must have ${bytes} bytes, got ${bytes - 8}`,
    );
  });

  test.each([3, -1, 0.5])('there is no worker %d of 3', (worker) => {
    const memory = new ArrayBuffer(sharedCountersBytes(LAYOUT));
    expect(() => new SharedCounters(memory, LAYOUT, worker)).toThrow(
      `worker must be an integer in [0, 3), got ${worker}`,
    );
  });

  test('have no room beyond their capacity', () => {
    const [counters] = shared() as [SharedCounters];
    counters.reserve(8);
    expect(() => counters.reserve(9)).toThrow('there is room for 8 endpoints, and not for 9');
  });
});
