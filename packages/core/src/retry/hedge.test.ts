import { describe, expect, test } from 'vitest';
import { hedgeAtPercentile } from './hedge.ts';

/** Latencies 1 … 200 ms, one each millisecond from `fromMs` on. */
function taught(fromMs = 0, count = 200) {
  const hedge = hedgeAtPercentile();
  for (let i = 1; i <= count; i++) hedge.observe(i, fromMs + i);
  return hedge;
}

describe('the delay of a second try', () => {
  test('is the percentile asked for, by default the 95th', () => {
    expect(taught().delayMs(300)).toBeCloseTo(190, 0);
    const median = hedgeAtPercentile({ percentile: 50 });
    for (let i = 1; i <= 200; i++) median.observe(i, i);
    expect(median.delayMs(300)).toBeCloseTo(100, 0);
  });

  test('is not known from fewer than a hundred latencies', () => {
    expect(taught(0, 99).delayMs(300)).toBeUndefined();
    expect(taught(0, 100).delayMs(300)).toBeDefined();
  });

  test('follows the latencies of the last minutes, and forgets those before', () => {
    const hedge = taught();
    hedge.delayMs(300);
    for (let i = 1; i <= 300; i++) hedge.observe(10, 120_000 + i);
    expect(hedge.delayMs(121_000)).toBeGreaterThan(100);
    for (let i = 1; i <= 300; i++) hedge.observe(10, 250_000 + i);
    expect(hedge.delayMs(251_000)).toBeCloseTo(10, 0);
    expect(hedge.delayMs(2_000_000)).toBeUndefined();
  });
});
