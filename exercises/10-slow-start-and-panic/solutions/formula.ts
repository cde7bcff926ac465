/** The formula, and the threshold without a division. */

import type { SlowStart } from '@evenkeel/core';

const WINDOW_MS = 60_000;
const PANIC_PERCENT = 50;

interface Comeback extends SlowStart {
  inPanic(ready: number, total: number): boolean;
}

const create = (): Comeback => ({
  windowMs: WINDOW_MS,
  factor: (sinceMs: number): number => Math.max(0.1, Math.min(1, sinceMs / WINDOW_MS)),
  inPanic: (ready: number, total: number): boolean => ready * 100 < total * PANIC_PERCENT,
});
export default create;
