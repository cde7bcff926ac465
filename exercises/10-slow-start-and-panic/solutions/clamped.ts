/** A helper that clamps, and panic told by how many are missing. */

import type { SlowStart } from '@evenkeel/core';

const WINDOW_MS = 60_000;
const PANIC_PERCENT = 50;

interface Comeback extends SlowStart {
  inPanic(ready: number, total: number): boolean;
}

function clamped(value: number, least: number, most: number): number {
  if (value < least) return least;
  return Math.min(value, most);
}

export default function create(): Comeback {
  return {
    windowMs: WINDOW_MS,
    factor(sinceMs) {
      return clamped(sinceMs / WINDOW_MS, 0.1, 1);
    },
    inPanic(ready, total) {
      const missing = total - ready;
      return missing * 100 > total * (100 - PANIC_PERCENT);
    },
  };
}
