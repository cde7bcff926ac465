/**
 * A budget for retries, after Finagle's RetryBudget.
 *
 * Why not just "at most 3 tries"? When a fleet is overloaded everything fails, and three tries each
 * turn an overload into a threefold one, which is how outages outlive their cause. With a budget,
 * retries are a fixed share of first attempts whatever the fleet does; a floor keeps a
 * small, idle service able to retry at all.
 *
 * Law: over any 10 s, retries ≤ 0.2 · (first attempts in that window and the 10 s before) + 10/s · 10 s.
 * The window is kept in whole slices, and one more than the time to live, so that the sum always
 * covers at least the whole of it.
 */

/** Decides whether one more retry is affordable. */
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

const SLICES_PER_TTL = 10;

/** A budget of tokens: each first attempt deposits `ratio`, a retry withdraws 1. */
export function retryBudget(options: RetryBudgetOptions = {}): RetryBudget {
  const { ratio = 0.2, ttlMs = 10_000, floorPerSecond = 10 } = options;
  const sliceMs = ttlMs / SLICES_PER_TTL;
  const slices = new Float64Array(SLICES_PER_TTL + 1);
  const floor = (floorPerSecond * ttlMs) / 1000;
  let balance = 0;
  let beganMs = Number.NaN;
  let present = 0;

  /** Lets old slices expire. @returns the cell of the present one */
  function advance(nowMs: number): number {
    if (Number.isNaN(beganMs)) beganMs = nowMs;
    const slice = Math.floor((nowMs - beganMs) / sliceMs);
    const expired = Math.min(slice - present, slices.length);
    for (let i = 0; i < expired; i++) {
      const cell = (slice - i) % slices.length;
      balance -= slices[cell] ?? 0;
      slices[cell] = 0;
    }
    present = slice;
    return slice % slices.length;
  }

  function canAfford(nowMs: number): boolean {
    advance(nowMs);
    // Sums of many fractions: a millionth of a token more or less is rounding.
    return balance + floor >= 1 - 1e-6;
  }

  function add(nowMs: number, tokens: number): void {
    const cell = advance(nowMs);
    slices[cell] = (slices[cell] ?? 0) + tokens;
    balance += tokens;
  }

  return {
    deposit: (nowMs: number): void => add(nowMs, ratio),
    canAfford,
    withdraw(nowMs: number): boolean {
      if (!canAfford(nowMs)) return false;
      add(nowMs, -1);
      return true;
    },
  };
}
