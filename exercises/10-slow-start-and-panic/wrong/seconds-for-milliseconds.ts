/** Takes milliseconds for seconds. @fails ramp: is right */

import type { SlowStart } from '@evenkeel/core';

const WINDOW_MS = 60_000;
const PANIC_PERCENT = 50;

interface Comeback extends SlowStart {
  inPanic(ready: number, total: number): boolean;
}

const LEAST = 0.1;

class CarefulComeback implements Comeback {
  readonly windowMs = WINDOW_MS;

  factor(sinceMs: number): number {
    if (sinceMs / 1000 >= WINDOW_MS) return 1;
    const share = sinceMs / 1000 / WINDOW_MS;
    return Math.max(share, LEAST);
  }

  inPanic(ready: number, total: number): boolean {
    if (total === 0) return false;
    return ready / total < PANIC_PERCENT / 100;
  }
}

export default (): Comeback => new CarefulComeback();
