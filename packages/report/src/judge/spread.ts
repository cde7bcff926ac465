/**
 * How latencies are spread, coarse enough to be kept for every window: counts in cells of equal ratio.
 * Cell i holds what took from 2^(i/2) µs up to 2^((i+1)/2).
 */

import type { Histogram } from '@evenkeel/core/stats';

const CELLS_PER_OCTAVE = 2;

/** The first cell, then the counts from it on; undefined of nothing. */
export function spreadOf(histogram: Histogram): readonly number[] | undefined {
  const counts = new Map<number, number>();
  for (const [us, count] of histogram.cells()) {
    const place = Math.floor(CELLS_PER_OCTAVE * Math.log2(Math.max(1, us)));
    counts.set(place, (counts.get(place) ?? 0) + count);
  }
  if (counts.size === 0) return undefined;
  const [first, last] = [Math.min(...counts.keys()), Math.max(...counts.keys())];
  return [first, ...Array.from({ length: last - first + 1 }, (_, i) => counts.get(first + i) ?? 0)];
}

/** Where a cell begins, in ms. */
export function spreadFromMs(place: number): number {
  return 2 ** (place / CELLS_PER_OCTAVE) / 1000;
}
