import { fc, test as propertyTest } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { failed } from '../../test/support/fixtures.ts';
import { seededRandom } from '../random.ts';
import type { FailureCause } from '../strategy.ts';
import { retryBudget } from './budget.ts';
import type { RetryOn } from './classify.ts';
import { backoffMs, classicRetries, standardRetries } from './policy.ts';

describe('the budget', () => {
  /** What happened, in order of time: first attempts, and retries that were granted. */
  function play(steps: readonly { gapMs: number; firsts: number; asks: number }[]) {
    const budget = retryBudget();
    const firsts: number[] = [];
    const granted: number[] = [];
    let nowMs = 0;
    for (const step of steps) {
      nowMs += step.gapMs;
      for (let i = 0; i < step.firsts; i++) {
        budget.deposit(nowMs);
        firsts.push(nowMs);
      }
      for (let i = 0; i < step.asks; i++) if (budget.withdraw(nowMs)) granted.push(nowMs);
    }
    return { firsts, granted };
  }

  const step = fc.record({
    gapMs: fc.oneof(fc.nat({ max: 4000 }), fc.integer({ min: 8000, max: 12_000 })),
    // Often none at all: then the law is at its tightest.
    firsts: fc.oneof(fc.constant(0), fc.nat({ max: 300 })),
    asks: fc.integer({ min: 0, max: 300 }),
  });

  propertyTest.prop([fc.array(step, { maxLength: 60 })])(
    'over any 10 s, retries ≤ 0.2 · first attempts of that window and the 10 s before + 10/s',
    (steps) => {
      const { firsts, granted } = play(steps);
      // The tightest windows end at a retry or begin at one.
      for (const endMs of granted.flatMap((t) => [t, t + 9999])) {
        const retries = granted.filter((t) => t > endMs - 10_000 && t <= endMs).length;
        const deposits = firsts.filter((t) => t > endMs - 20_000 && t <= endMs).length;
        expect(retries).toBeLessThanOrEqual(0.2 * deposits + 100 + 1e-6);
      }
    },
  );

  test('a deposit is not spent in a later window than the next', () => {
    for (let ageMs = 9000; ageMs <= 12_000; ageMs += 100) {
      const budget = retryBudget({ floorPerSecond: 0 });
      budget.deposit(-50);
      for (let i = 0; i < 5000; i++) budget.deposit(0);
      let granted = 0;
      while (budget.withdraw(ageMs)) granted += 1;
      // The window that begins here has the 10 s before it, and nothing older.
      if (ageMs > 10_000) expect(granted).toBe(0);
      if (ageMs < 9800) expect(granted).toBe(1000);
    }
  });

  test('grants every retry that the law allows while traffic is steady', () => {
    const steps = Array.from({ length: 600 }, () => ({ gapMs: 100, firsts: 100, asks: 20 }));
    const { granted } = play(steps);
    expect(granted).toHaveLength(600 * 20);
  });

  test('a spent budget fills again as time passes', () => {
    const budget = retryBudget();
    let granted = 0;
    while (budget.withdraw(0)) granted += 1;
    expect(granted).toBe(100);
    expect(budget.withdraw(5000)).toBe(false);
    expect(budget.withdraw(11_000)).toBe(true);
  });

  test('a deposit can be spent for 10 s, less at most a slice', () => {
    for (const [afterMs, isGranted] of [
      [9900, true],
      [10_000, false],
    ] as const) {
      const budget = retryBudget({ floorPerSecond: 0 });
      for (let i = 0; i < 5; i++) budget.deposit(-500);
      expect(budget.canAfford(afterMs - 500)).toBe(isGranted);
    }
  });

  test('asking takes nothing', () => {
    const budget = retryBudget({ floorPerSecond: 0.1, ratio: 0 });
    for (let i = 0; i < 10; i++) expect(budget.canAfford(0)).toBe(true);
    expect(budget.withdraw(0)).toBe(true);
    expect(budget.canAfford(0)).toBe(false);
  });
});

describe('what is tried again', () => {
  const REQUEST = { hash: 0, idempotent: true };
  const POST = { hash: 0, idempotent: false };
  const first = { attempts: 1, attemptsHere: 1, endpointsTried: 1, sent: 1, endpoints: 3 };
  const random = seededRandom(1);

  test.each<[RetryOn, FailureCause[]]>([
    ['connect', ['refused', 'connect-timeout']],
    ['reset', ['reset', 'protocol']],
    ['timeout', ['timeout']],
    ['status', ['status']],
  ])('`on: %s` means %j and nothing else', (on, causes) => {
    const policy = standardRetries(random, { on: [on] });
    const all: readonly FailureCause[] = [
      'refused',
      'connect-timeout',
      'timeout',
      'reset',
      'protocol',
      'status',
    ];
    const again = all.filter(
      (cause) => policy.after(failed({ cause, status: 503 }), REQUEST, first).again === 'elsewhere',
    );
    expect(again.sort()).toEqual([...causes].sort());
  });

  test('dials that fail and resets, unless told otherwise: not what is slow', () => {
    const policy = standardRetries(random);
    const causes: FailureCause[] = ['refused', 'connect-timeout', 'reset', 'timeout', 'status'];
    const again = causes.map((cause) => policy.after(failed({ cause }), REQUEST, first).again);
    expect(again).toEqual(['elsewhere', 'elsewhere', 'elsewhere', 'no', 'no']);
  });

  test('statuses: 502 to 504, or those that are named', () => {
    const statuses = [429, 500, 501, 502, 503, 504, 505];
    const again = (named?: ReadonlySet<number>): number[] => {
      const policy = standardRetries(random, { on: ['status'], statuses: named });
      return statuses.filter(
        (status) =>
          policy.after(failed({ cause: 'status', status }), REQUEST, first).again !== 'no',
      );
    };
    expect(again()).toEqual([502, 503, 504]);
    expect(again(new Set([429, 500]))).toEqual([429, 500]);
  });

  test('what was sent twice is not sent again, whatever the tries; dials count against these alone', () => {
    const policy = standardRetries(random, { tries: 5 });
    const sent = failed({ cause: 'reset', requestSent: true });
    const refused = failed({ cause: 'refused', requestSent: false });
    const at = (attempts: number, sent: number) => ({ ...first, attempts, sent });
    expect(policy.after(sent, REQUEST, at(1, 1)).again).toBe('elsewhere');
    expect(policy.after(sent, REQUEST, at(2, 2)).again).toBe('no');
    expect(policy.after(refused, REQUEST, at(2, 1)).again).toBe('elsewhere');
    expect(policy.after(refused, REQUEST, at(4, 0)).again).toBe('elsewhere');
    expect(policy.after(sent, REQUEST, at(4, 2)).again).toBe('no');
    expect(policy.after(refused, REQUEST, at(5, 0)).again).toBe('no');
  });

  test('the classic way obeys the same safety, and has no budget because its tries are bounded', () => {
    const policy = classicRetries();
    expect(policy.isBudgeted).toBe(false);
    expect(policy.after(failed(), REQUEST, first).again).toBe('same');
    expect(policy.after(failed(), POST, first)).toEqual({ again: 'no', marksDown: false });
    const status = failed({ cause: 'status', status: 503 });
    expect(policy.after(status, REQUEST, first)).toEqual({ again: 'no', marksDown: false });
    const spent = { ...first, attemptsHere: 4 };
    expect(policy.after(failed(), REQUEST, spent)).toEqual({ again: 'elsewhere', marksDown: true });
    const last = { ...spent, endpointsTried: 3 };
    expect(policy.after(failed(), REQUEST, last)).toEqual({ again: 'no', marksDown: true });
  });
});

describe('arithmetic', () => {
  test.each([0.1, 0.3, 0.5])(
    'with attempt failure %f, attempts and failures follow the formula',
    (p) => {
      const random = seededRandom(7);
      const policy = standardRetries(random, { tries: 3 });
      const requests = 200_000;
      let attempts = 0;
      let failures = 0;
      for (let i = 0; i < requests; i++) {
        for (let n = 1; ; n++) {
          attempts += 1;
          if (random.next() >= p) break;
          const progress = {
            attempts: n,
            attemptsHere: 1,
            endpointsTried: n,
            sent: 0,
            endpoints: 9,
          };
          const refused = failed({ cause: 'refused', requestSent: false });
          const step = policy.after(refused, { hash: 0, idempotent: true }, progress);
          if (step.again === 'no') {
            failures += 1;
            break;
          }
        }
      }
      expect(attempts / requests / ((1 - p ** 3) / (1 - p))).toBeCloseTo(1, 2);
      expect(Math.abs(failures / requests - p ** 3)).toBeLessThan(0.002);
    },
  );

  propertyTest.prop([fc.integer({ min: 1, max: 20 }), fc.integer()])(
    'backoff is uniform below (2^N − 1) · 25 ms and never above 250 ms',
    (retry, seed) => {
      const limit = Math.min(250, (2 ** retry - 1) * 25);
      const random = seededRandom(seed);
      const draws = Array.from({ length: 400 }, () => backoffMs(retry, 25, 250, random));
      expect(Math.max(...draws)).toBeLessThan(limit);
      const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
      // Five standard errors of a uniform mean.
      expect(Math.abs(mean - limit / 2)).toBeLessThan((5 * limit) / Math.sqrt(12 * 400));
    },
  );
});
