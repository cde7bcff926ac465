/** Grants every retry. @fails cap: retries in 10 s where */

import type { RetryBudget } from '@evenkeel/core';

const RATIO = 0.2;
const FLOOR_PER_SECOND = 10;
const WINDOW_MS = 10_000;
const FLOOR = (FLOOR_PER_SECOND * WINDOW_MS) / 1000;
const ROUNDING = 1e-6;

class ExactBudget implements RetryBudget {
  readonly #deposits: number[] = [];
  readonly #retries: number[] = [];

  deposit(nowMs: number): void {
    this.#forget(nowMs);
    this.#deposits.push(nowMs);
  }

  canAfford(nowMs: number): boolean {
    this.#forget(nowMs);
    const left = FLOOR + RATIO * this.#deposits.length - this.#retries.length;
    return left >= 1 - ROUNDING;
  }

  withdraw(nowMs: number): boolean {
    this.#retries.push(nowMs);
    return true;
  }

  #forget(nowMs: number): void {
    for (const times of [this.#deposits, this.#retries]) {
      while (times.length > 0 && (times[0] as number) <= nowMs - WINDOW_MS) times.shift();
    }
  }
}

export default (): RetryBudget => new ExactBudget();
