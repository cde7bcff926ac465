import { describe, expect, test } from 'vitest';
import { Counters } from './counters.ts';

describe('counters', () => {
  test('keep what was counted when they grow', () => {
    const counters = new Counters();
    counters.reserve(1);
    counters.started(0, true);
    counters.reserve(1000);
    counters.started(999, false);
    expect([counters.inFlight(0), counters.retries(0), counters.inFlight(999)]).toEqual([1, 1, 1]);
    counters.ended(0, true);
    expect([counters.inFlight(0), counters.requests(0), counters.failures(0)]).toEqual([0, 1, 1]);
  });

  test('a worker writes its own row, and reads the sum of all', () => {
    const counters = new Counters(1, 3);
    counters.reserve(4);
    counters.started(2, false);
    counters.started(2, false);
    counters.reserve(100);
    expect(counters.inFlight(2)).toBe(2);
    counters.abandonRow(0);
    expect(counters.inFlight(2)).toBe(2);
    counters.abandonRow(1);
    expect([counters.inFlight(2), counters.requests(2)]).toEqual([0, 2]);
  });

  test('a slot that changes hands starts at 0', () => {
    const counters = new Counters();
    counters.reserve(2);
    counters.started(0, true);
    counters.started(1, false);
    counters.ended(0, true);
    counters.started(0, true);
    counters.clear(0);
    expect([counters.inFlight(0), counters.requests(0)]).toEqual([0, 0]);
    expect([counters.failures(0), counters.retries(0)]).toEqual([0, 0]);
    expect(counters.inFlight(1)).toBe(1);
  });

  test('a row that does not exist is refused', () => {
    expect(() => new Counters(2, 2)).toThrow('row must be in [0, 2), got 2');
    expect(() => new Counters(-1, 2)).toThrow('row must be in [0, 2), got -1');
  });
});
