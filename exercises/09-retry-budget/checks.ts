/** Exercise 09: never more retries than the law allows, not many fewer either, and no storm. */

import { type RetryBudget, seededRandom, standardRetries, strategyNamed } from '@evenkeel/core';
import {
  type CheckContext,
  CheckFailed,
  defineExercise,
  type ExerciseChecks,
  expectRun,
  simulated,
} from '@evenkeel/course';

const METHODS = ['deposit', 'canAfford', 'withdraw'] as const;
const WINDOW_MS = 10_000;
const ROUNDING = 1e-6;

interface Terms {
  readonly ratio: number;
  readonly floorPerSecond: number;
}

function termsOf({ numbers }: CheckContext): Terms {
  return { ratio: numbers.ratio ?? 0.2, floorPerSecond: numbers.floorPerSecond ?? 10 };
}

/** A budget at work, with all that was deposited and withdrawn. */
class Ledger {
  readonly #budget: RetryBudget;
  readonly #deposits: number[] = [];
  readonly #withdrawals: number[] = [];
  readonly #lines: string[] = [];
  nowMs = 0;

  constructor({ remote, seed }: CheckContext) {
    this.#budget = remote.object<RetryBudget>(METHODS, { seed, nowMs: () => this.nowMs });
  }

  wait(ms: number): void {
    this.nowMs += ms;
  }

  attempts(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#budget.deposit(this.nowMs);
      this.#deposits.push(this.nowMs);
    }
    this.#lines.push(`${this.nowMs} ms  ${count} first attempts`);
  }

  canAfford(): unknown {
    return this.#budget.canAfford(this.nowMs);
  }

  /** As many retries as are wanted and granted. */
  retries(wanted: number): number {
    let granted = 0;
    while (granted < wanted && this.#budget.withdraw(this.nowMs) === true) {
      this.#withdrawals.push(this.nowMs);
      granted++;
    }
    this.#lines.push(`${this.nowMs} ms  ${wanted} retries wanted, ${granted} granted`);
    return granted;
  }

  get trace(): readonly string[] {
    return this.#lines.slice(-12);
  }

  /** Retries in the 10 s up to now, and what the law allows. */
  window({ ratio, floorPerSecond }: Terms): { made: number; allowed: number } {
    const since = (times: readonly number[], ms: number): number =>
      times.filter((atMs) => atMs > this.nowMs - ms).length;
    const earned = ratio * since(this.#deposits, 2 * WINDOW_MS);
    const floor = (floorPerSecond * WINDOW_MS) / 1000;
    return { made: since(this.#withdrawals, WINDOW_MS), allowed: earned + floor };
  }
}

/** So many that what they earn is more than the floor can make up for. */
const BUSY = 3_000;
const CAP = 'over any 10 s, retries are at most ratio · first attempts of 20 s, and the floor';

function expectWithin(ledger: Ledger, terms: Terms): void {
  const { made, allowed } = ledger.window(terms);
  if (made <= allowed + ROUNDING) return;
  const found = `${made} retries in 10 s where ${Math.floor(allowed + ROUNDING)} are allowed`;
  throw new CheckFailed(CAP, found, ledger.trace);
}

/** Bursts, lulls and greed, in any order. */
function cap(context: CheckContext): undefined {
  const terms = termsOf(context);
  const late = new Ledger(context);
  late.attempts(BUSY);
  late.wait(25_000);
  late.retries(BUSY);
  expectWithin(late, terms);
  for (let round = 0; round < 12; round++) {
    const random = seededRandom(context.seed + round);
    const ledger = new Ledger(context);
    for (let step = 0; step < 14; step++) {
      ledger.wait([0, 50, 400, 1_000, 2_500, 6_000, 15_000][random.below(7)] ?? 0);
      ledger.attempts([0, 0, 5, 40, 120][random.below(5)] ?? 0);
      ledger.retries([1, 10, 400][random.below(3)] ?? 1);
      expectWithin(ledger, terms);
    }
    context.remote.discard();
  }
  return undefined;
}

const ALLOWS = 'what was earned can be spent, and the floor is there without any traffic';

function expectGranted(ledger: Ledger, granted: number, least: number, when: string): void {
  if (granted >= least) return;
  const found = `${when}: ${granted} retries granted, at least ${least} should be`;
  throw new CheckFailed(ALLOWS, found, ledger.trace);
}

function allows(context: CheckContext): undefined {
  const { ratio, floorPerSecond } = termsOf(context);
  const idle = new Ledger(context);
  let granted = 0;
  for (let second = 0; second < 30; second++) {
    idle.wait(1_000);
    granted += idle.retries(floorPerSecond);
  }
  expectGranted(
    idle,
    granted,
    0.8 * 30 * floorPerSecond,
    `30 s without traffic, ${floorPerSecond} retries wanted each second`,
  );
  const busy = new Ledger(context);
  busy.attempts(BUSY);
  busy.wait(500);
  expectGranted(
    busy,
    busy.retries(BUSY),
    Math.floor(0.9 * ratio * BUSY),
    `after ${BUSY} first attempts half a second ago`,
  );
  // What traffic earns alone, and with the floor on top.
  for (const floor of [0, floorPerSecond]) {
    const steady = new Ledger(context);
    let spent = 0;
    for (let second = 0; second < 40; second++) {
      steady.attempts(50);
      steady.wait(1_000);
      spent += steady.retries(Math.ceil(ratio * 50 + floor));
    }
    const more = floor === 0 ? '' : ', and those of the floor';
    expectGranted(
      steady,
      spent,
      // A window that is told in slices loses a tenth of what it earns.
      Math.floor(0.85 * 40 * (ratio * 50 + floor)),
      `40 s of 50 first attempts a second, all retries wanted that they earn${more}`,
    );
  }
  return undefined;
}

const ASKS = 'canAfford takes nothing, and says what withdraw will do';

function asks(context: CheckContext): undefined {
  const ledger = new Ledger(context);
  const random = seededRandom(context.seed);
  for (let step = 0; step < 60; step++) {
    ledger.wait(random.below(300));
    ledger.attempts(random.below(4));
    const before = [ledger.canAfford(), ledger.canAfford()];
    const granted = ledger.retries(1) === 1;
    if (before[0] === granted && before[1] === granted) continue;
    const found = `canAfford said ${before.join(', then ')}, and withdraw ${granted}`;
    throw new CheckFailed(ASKS, found, ledger.trace);
  }
  // To the last one, where a rounding error of either would show.
  const greedy = new Ledger(context);
  for (let i = 0; i < 1_000; i++) {
    const said = greedy.canAfford();
    const granted = greedy.retries(1) === 1;
    if (said !== granted) {
      throw new CheckFailed(ASKS, `canAfford said ${said}, and withdraw ${granted}`, greedy.trace);
    }
    if (!granted) break;
  }
  return undefined;
}

const STORM = 'when everything fails, attempts stay below 1 + ratio and the floor';

function storm(context: CheckContext): undefined {
  const { ratio, floorPerSecond } = termsOf(context);
  const budget = context.remote.object<RetryBudget>(METHODS, { seed: context.seed });
  const retries = standardRetries(seededRandom(context.seed), {
    tries: 4,
    on: ['status', 'reset'],
  });
  const run = simulated(
    context,
    {
      fleet: [
        { id: 'web', count: 3, concurrency: 20, service: { distribution: 'constant', meanMs: 5 } },
      ],
      load: { kind: 'open', ratePerSecond: 150, warmupMs: 0, durationMs: 12_000 },
      faults: [{ atMs: 0, target: 'all', fault: { kind: 'error', status: 503 } }],
      lb: { health: 'off', passive: 'off' },
    },
    { strategy: strategyNamed('round-robin').create(), policies: { budget, retries } },
  );
  const share = run.retries / run.requests.sent;
  // The floor of the whole run, and what a budget may hold at its start.
  const allowed = ratio + ((12 + 10) * floorPerSecond) / run.requests.sent;
  const found = `${run.retries} retries of ${run.requests.sent} requests, at most ${Math.floor(allowed * run.requests.sent)} are allowed`;
  expectRun(share <= allowed, STORM, found, run);
  const few = `${run.retries} retries of ${run.requests.sent} requests, though the budget allows ${Math.floor(ratio * run.requests.sent)}`;
  return expectRun(share >= 0.7 * ratio, STORM, few, run);
}

const checks: ExerciseChecks = defineExercise({
  numbers: { ratio: 0.2, floorPerSecond: 10 },
  drawNumbers: (below) => ({ ratio: (2 + below(4)) / 20, floorPerSecond: 5 + below(8) }),
  explainNumbers: (numbers) => [
    `RATIO = ${numbers.ratio}, FLOOR_PER_SECOND = ${numbers.floorPerSecond}`,
  ],
  checks: [
    { id: 'cap', law: CAP, run: cap },
    { id: 'allows', law: ALLOWS, run: allows },
    { id: 'asks', law: ASKS, run: asks },
    { id: 'storm', law: STORM, run: storm },
  ],
});
export default checks;
