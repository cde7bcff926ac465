/**
 * A budget for retries, after Finagle's RetryBudget.
 *
 * Why not just "at most 3 tries"? When a fleet is overloaded everything fails, and three tries each
 * turn an overload into a threefold one, which is how outages outlive their cause. With a budget,
 * retries are a fixed share of first attempts whatever the fleet does; a floor keeps a
 * small, idle service able to retry at all.
 *
 * Law: over any 10 s, retries ≤ 0.2 · (first attempts in that window and the 10 s before) + 10/s ·
 * 10 s. Time is kept in slices. So that the law holds between their edges too, a deposit is
 * forgotten up to a slice early, and a retry up to a slice late.
 */

/**
 * Decides whether one more retry is affordable. One value serves all requests of a balancer.
 * `nowMs` is `Clock.now()`, never less than in the call before. A budget that throws ends the
 * request it was asked about, with the result `error`.
 */
export interface RetryBudget {
  /** A first attempt is made. */
  deposit(nowMs: number): void;
  /** May a retry be made? Takes nothing. */
  canAfford(nowMs: number): boolean;
  /** Takes one retry from the budget. @returns false, and takes nothing, if it is spent */
  withdraw(nowMs: number): boolean;
}

/** Tuning of the budget. */
export interface RetryBudgetOptions {
  /** Retries earned by each first attempt. */
  readonly ratio?: number | undefined;
  /** How long a deposit can be spent. */
  readonly ttlMs?: number | undefined;
  /** Retries that may always be made, per second. */
  readonly floorPerSecond?: number | undefined;
}

const SLICES_PER_TTL = 100;

/** The sum of what was added in the present slice of time and the `length − 1` before it. */
class SlidingSum {
  readonly #slices: Float64Array;
  #present = 0;
  /** Of the present slice. */
  #cell = 0;
  #sum = 0;

  constructor(length: number) {
    this.#slices = new Float64Array(length);
  }

  add(slice: number, amount: number): void {
    this.#sum = this.at(slice) + amount;
    this.#slices[this.#cell] = (this.#slices[this.#cell] ?? 0) + amount;
  }

  /** @param slice not before any slice asked for earlier */
  at(slice: number): number {
    if (slice === this.#present) return this.#sum;
    const { length } = this.#slices;
    const begun = Math.min(slice - this.#present, length);
    for (let i = 0; i < begun; i++) {
      const cell = (slice - i) % length;
      this.#sum -= this.#slices[cell] ?? 0;
      this.#slices[cell] = 0;
    }
    this.#present = slice;
    this.#cell = slice % length;
    return this.#sum;
  }
}

/** A budget of tokens: each first attempt deposits `ratio`, a retry withdraws 1. */
export function retryBudget(options: RetryBudgetOptions = {}): RetryBudget {
  const { ratio = 0.2, ttlMs = 10_000, floorPerSecond = 10 } = options;
  const sliceMs = ttlMs / SLICES_PER_TTL;
  const floor = (floorPerSecond * ttlMs) / 1000;
  const earned = new SlidingSum(SLICES_PER_TTL);
  const spent = new SlidingSum(SLICES_PER_TTL + 1);
  let beganMs = Number.NaN;

  function sliceOf(nowMs: number): number {
    if (Number.isNaN(beganMs)) beganMs = nowMs;
    return Math.floor((nowMs - beganMs) / sliceMs);
  }

  function canAfford(nowMs: number): boolean {
    const slice = sliceOf(nowMs);
    // Sums of many fractions: a millionth of a token more or less is rounding.
    return earned.at(slice) - spent.at(slice) + floor >= 1 - 1e-6;
  }

  return {
    deposit: (nowMs: number): void => earned.add(sliceOf(nowMs), ratio),
    canAfford,
    withdraw(nowMs: number): boolean {
      if (!canAfford(nowMs)) return false;
      spent.add(sliceOf(nowMs), 1);
      return true;
    },
  };
}
