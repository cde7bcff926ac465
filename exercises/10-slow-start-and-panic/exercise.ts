/**
 * Exercise 10: slow start and panic. An endpoint that has just come back gets its share by degrees; and when
 * too few are ready, the ejected ones are better than none.
 */

import type { SlowStart } from '@evenkeel/core';

/** Your own numbers, if you have some: `pnpm learn` shows them. */
const WINDOW_MS = 60_000;
const PANIC_PERCENT = 50;

interface Comeback extends SlowStart {
  /** Are `ready` of `total` endpoints too few? */
  inPanic(ready: number, total: number): boolean;
}

const create = (): Comeback => ({
  windowMs: WINDOW_MS,
  factor(sinceMs: number): number {
    return sinceMs < WINDOW_MS ? 0.1 : 1;
  },
  inPanic(ready: number, total: number): boolean {
    return (ready / total) * 100 <= PANIC_PERCENT;
  },
});
export default create;
