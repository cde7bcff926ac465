/** Counts what was earned and spent in the last ten seconds, in slices. */

import type { RetryBudget } from '@evenkeel/core';

const RATIO = 0.2;
const FLOOR_PER_SECOND = 10;
const SLICES = 100;
const SLICE_MS = 100;
const FLOOR = (FLOOR_PER_SECOND * SLICES * SLICE_MS) / 1000;
const ROUNDING = 1e-6;

/** Sums per slice of time, of the last `length` slices. */
class Sums {
  readonly #cells = new Map<number, number>();

  add(slice: number, amount: number): void {
    this.#cells.set(slice, (this.#cells.get(slice) ?? 0) + amount);
  }

  total(slice: number, length: number): number {
    let sum = 0;
    for (const [at, amount] of this.#cells) {
      if (at <= slice - length) this.#cells.delete(at);
      else sum += amount;
    }
    return sum;
  }
}

const create = (): RetryBudget => {
  const earned = new Sums();
  const spent = new Sums();
  const sliceOf = (nowMs: number): number => Math.floor(nowMs / SLICE_MS);
  const canAfford = (nowMs: number): boolean => {
    const slice = sliceOf(nowMs);
    // A retry is remembered a slice longer: so the law holds between the edges too.
    const left = FLOOR + earned.total(slice, SLICES) - spent.total(slice, SLICES + 1);
    return left >= 1 - ROUNDING;
  };
  return {
    deposit: (nowMs: number): void => earned.add(sliceOf(nowMs), RATIO),
    canAfford,
    withdraw(nowMs: number): boolean {
      if (!canAfford(nowMs)) return false;
      spent.add(sliceOf(nowMs), 1);
      return true;
    },
  };
};
export default create;
