/** Recent percentiles: how exact they are, and what they forget when. */

import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { LatencyWindow } from './latency-window.ts';

property.prop([fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1 })])(
  'a percentile is never too low, and at most an eighth too high',
  (latencies) => {
    const window = new LatencyWindow();
    for (const latency of latencies) window.record(latency, 0);
    const sorted = latencies.toSorted((a, b) => a - b);
    const shares = [0.5, 0.9, 0.99, 1];
    for (const [i, shown] of window.percentiles(shares, 0).entries()) {
      const exact = sorted[Math.ceil(shares[i]! * sorted.length) - 1]!;
      expect(shown).toBeGreaterThanOrEqual(exact);
      expect(shown).toBeLessThanOrEqual(exact * 1.126);
    }
  },
);

test('what is older than two periods is forgotten, what is younger than one never', () => {
  const window = new LatencyWindow();
  window.record(1, 0);
  expect(window.percentiles([0.5], 9_999)).not.toEqual([null]);
  window.record(100, 10_000);
  expect(window.percentiles([0.5, 1], 19_999)[0]).toBeLessThan(2);
  expect(window.percentiles([0.5], 20_000)[0]).toBeGreaterThanOrEqual(100);
  expect(window.percentiles([0.5], 60_000)).toEqual([null]);
});

test('zero and endless latencies fall into the outermost buckets', () => {
  const window = new LatencyWindow();
  window.record(0, 0);
  window.record(1e12, 0);
  const [low, high] = window.percentiles([0.5, 1], 0);
  expect(low).toBeLessThan(0.01);
  expect(high).toBeGreaterThan(1e6);
});
