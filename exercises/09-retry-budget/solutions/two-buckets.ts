/** Two buckets of tokens: what traffic has earned, and the floor that fills by time. */

import type { RetryBudget } from '@evenkeel/core';

const RATIO = 0.2;
const FLOOR_PER_SECOND = 10;
const TTL_MS = 10_000;
const ROUNDING = 1e-6;

const create = (): RetryBudget => {
  let earned: { readonly atMs: number; left: number }[] = [];
  let floor = FLOOR_PER_SECOND;
  let filledMs = 0;

  function refresh(nowMs: number): void {
    earned = earned.filter(({ atMs, left }) => atMs > nowMs - TTL_MS && left > ROUNDING);
    // A second's worth at most: a lull earns no burst.
    floor = Math.min(FLOOR_PER_SECOND, floor + ((nowMs - filledMs) * FLOOR_PER_SECOND) / 1000);
    filledMs = nowMs;
  }

  function tokens(nowMs: number): number {
    refresh(nowMs);
    return earned.reduce((sum, { left }) => sum + left, floor);
  }

  return {
    deposit(nowMs: number): void {
      refresh(nowMs);
      const last = earned.at(-1);
      if (last?.atMs === nowMs) last.left += RATIO;
      else earned.push({ atMs: nowMs, left: RATIO });
    },
    canAfford: (nowMs: number): boolean => tokens(nowMs) >= 1 - ROUNDING,
    withdraw(nowMs: number): boolean {
      if (tokens(nowMs) < 1 - ROUNDING) return false;
      let due = 1;
      for (const deposit of earned) {
        const taken = Math.min(due, deposit.left);
        deposit.left -= taken;
        due -= taken;
      }
      floor = Math.max(0, floor - due);
      return true;
    },
  };
};
export default create;
