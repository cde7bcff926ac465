/**
 * Exercise 09: retries with a budget. However much fails, retries stay a fixed share of first attempts, plus
 * a few per second so that a small service can retry at all.
 */

import type { RetryBudget } from '@evenkeel/core';

/** Your own numbers, if you have some: `pnpm learn` shows them. */
const RATIO = 0.2;
const FLOOR_PER_SECOND = 10;

const create = (): RetryBudget => {
  let tokens = FLOOR_PER_SECOND;
  return {
    deposit(_nowMs: number): void {
      tokens += RATIO;
    },
    canAfford(_nowMs: number): boolean {
      return tokens > 0;
    },
    withdraw(_nowMs: number): boolean {
      tokens -= 1;
      return true;
    },
  };
};
export default create;
