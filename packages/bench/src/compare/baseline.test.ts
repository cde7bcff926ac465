import type { Comparison } from '@evenkeel/report';
import { describe, expect, it } from 'vitest';
import { regressions } from './baseline.ts';

const comparison = (low: number, high: number, more: Partial<Comparison> = {}): Comparison => ({
  scenario: 's',
  metric: 'p99',
  a: 'evenkeel/x',
  b: 'evenkeel/y',
  ratio: (low + high) / 2,
  low,
  high,
  n: 6,
  adjustedP: 0.01,
  verdict: 'a',
  detectable: 0.1,
  ...more,
});

describe('against a baseline', () => {
  it('a regression is an interval beyond that of before, for the worse', () => {
    expect(regressions([comparison(0.3, 0.5)], [comparison(0.6, 0.8)], 0.05)).toHaveLength(1);
    expect(regressions([comparison(0.3, 0.5)], [comparison(0.51, 0.8)], 0.05)).toEqual([]);
    expect(regressions([comparison(0.6, 0.8)], [comparison(0.3, 0.5)], 0.05)).toEqual([]);
  });

  it('less throughput is the worse', () => {
    const metric = 'throughput';
    const before = [comparison(0.9, 1.1, { metric })];
    expect(regressions(before, [comparison(0.6, 0.8, { metric })], 0.05)).toHaveLength(1);
    expect(regressions(before, [comparison(1.3, 1.4, { metric })], 0.05)).toEqual([]);
  });

  it('the reference against itself is none, and answering less is one', () => {
    const guard = { a: 'evenkeel/y#2' };
    expect(regressions([comparison(0.3, 0.5, guard)], [comparison(0.6, 0.8, guard)], 0.05)).toEqual(
      [],
    );
    const failing = { verdict: 'b' as const, answered: { a: 0.75, b: 1 } };
    expect(regressions([comparison(0.3, 0.5)], [comparison(0.3, 0.5, failing)], 0.05)).toHaveLength(
      1,
    );
  });

  it('other arms, metrics and scenarios are no part of it, nor what has no interval', () => {
    const before = [comparison(0.3, 0.5)];
    for (const more of [{ a: 'other' }, { metric: 'p50' as const }, { scenario: 't' }]) {
      expect(regressions(before, [comparison(0.8, 0.9, more)], 0.05)).toEqual([]);
    }
    expect(regressions(before, [comparison(0.8, 0.9, { low: null })], 0.05)).toEqual([]);
  });
});
