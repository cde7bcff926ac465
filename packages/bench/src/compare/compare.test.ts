import { seededRandom } from '@evenkeel/core';
import type { Run } from '@evenkeel/report';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { gaussian, runWith } from '../../test/support/synthetic.ts';
import { type ComparisonPlan, compareArms } from './compare.ts';

const plan: ComparisonPlan = {
  scenario: 's',
  metric: 'p99',
  arms: ['evenkeel/ref', 'evenkeel/ref#2', 'evenkeel/other'],
  margin: 0.05,
};

/** Rounds in which every arm has the same mood of the machine and its own noise. */
function rounds(n: number, seed: number, factors: Record<string, number>, noise = 0.03): Run[] {
  const random = seededRandom(seed);
  const runs: Run[] = [];
  for (let round = 1; round <= n; round++) {
    const mood = 100 * Math.exp(0.3 * gaussian(random));
    for (const [strategy, factor] of Object.entries(factors)) {
      runs.push(runWith(strategy, round, mood * factor * Math.exp(noise * gaussian(random))));
    }
  }
  return runs;
}

const verdicts = (runs: Run[]): string[] => compareArms(runs, plan).map(({ verdict }) => verdict);

describe('comparing arms', () => {
  it('names the better arm, however much the machine changes between rounds', () => {
    expect(verdicts(rounds(6, 1, { ref: 1, 'ref#2': 1, other: 0.5 }))[1]).toBe('a');
    expect(verdicts(rounds(6, 1, { ref: 1, 'ref#2': 1, other: 2 }))[1]).toBe('b');
  });

  it('calls a tie only what is surely within the margin', () => {
    expect(verdicts(rounds(8, 2, { ref: 1, 'ref#2': 1, other: 1.01 }, 0.005))[1]).toBe('tie');
    expect(verdicts(rounds(3, 2, { ref: 1, 'ref#2': 1, other: 1.01 }, 0.2))[1]).toBe('unresolved');
  });

  it('rarely tells an arm from itself: no more often than the level allows', () => {
    let decided = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const [guard] = verdicts(rounds(6, seed, { ref: 1, 'ref#2': 1, other: 1 }, 0.2));
      if (guard === 'a' || guard === 'b') decided++;
    }
    // 5 % of 1,000 and three standard deviations of a binomial.
    expect(decided).toBeLessThanOrEqual(70);
  });

  it('concludes nothing where an arm differs from itself', () => {
    const runs = rounds(6, 3, { ref: 1, 'ref#2': 1.5, other: 0.4 });
    expect(verdicts(runs)).toEqual(['b', 'unresolved']);
  });

  test.prop([fc.integer({ min: 0, max: 1000 }), fc.double({ min: 0.001, max: 1000, noNaN: true })])(
    'is the same in every unit',
    (seed, scale) => {
      const runs = rounds(5, seed, { ref: 1, 'ref#2': 1, other: 0.8 });
      const scaled = runs.map((run) =>
        runWith(run.strategy, run.round, run.latencyMs.p99! * scale),
      );
      compareArms(scaled, plan).forEach((comparison, i) => {
        const original = compareArms(runs, plan)[i]!;
        expect(comparison.verdict).toBe(original.verdict);
        expect(comparison.ratio).toBeCloseTo(original.ratio!, 9);
        expect(comparison.low).toBeCloseTo(original.low!, 9);
      });
    },
  );

  test.prop([fc.integer({ min: 0, max: 1000 })])('mirrors when the arms change places', (seed) => {
    const runs = rounds(5, seed, { ref: 1, other: 0.8 });
    const [there] = compareArms(runs, { ...plan, arms: ['evenkeel/ref', 'evenkeel/other'] });
    const [back] = compareArms(runs, { ...plan, arms: ['evenkeel/other', 'evenkeel/ref'] });
    expect(back!.ratio).toBeCloseTo(1 / there!.ratio!, 9);
    expect(back!.low).toBeCloseTo(1 / there!.high!, 9);
  });

  const two = ['evenkeel/ref', 'evenkeel/other'];

  it('uses only rounds in which all arms were valid', () => {
    const runs = rounds(4, 4, { ref: 1, 'ref#2': 1, other: 0.5 });
    const broken = runs.map((run) =>
      run.round === 2 && run.strategy === 'ref#2' ? { ...run, valid: false, void: 'late' } : run,
    );
    expect(compareArms(broken, plan).map(({ n }) => n)).toEqual([3, 3]);
  });

  it('compares without an arm that has hardly a valid round', () => {
    const runs = rounds(4, 4, { ref: 1, 'ref#2': 1, other: 0.5 });
    const broken = runs.map((run) =>
      run.round > 1 && run.strategy === 'other' ? { ...run, valid: false, void: 'late' } : run,
    );
    expect(compareArms(broken, plan)).toMatchObject([
      { n: 4 },
      { n: 0, verdict: 'unresolved', reason: 'no common valid round' },
    ]);
  });

  it('compares the highest percentile that all rounds have, and says what was wanted', () => {
    const runs = rounds(4, 4, { ref: 1, other: 0.5 }).map((run) =>
      run.round === 3 ? { ...run, latencyMs: { ...run.latencyMs, p99: null } } : run,
    );
    const [comparison] = compareArms(runs, { ...plan, arms: two });
    expect(comparison).toMatchObject({ metric: 'p90', wanted: 'p99', n: 4, verdict: 'a' });
    const [whole] = compareArms(rounds(4, 4, { ref: 1, other: 0.5 }), { ...plan, arms: two });
    expect(whole).toMatchObject({ metric: 'p99', n: 4 });
    expect(whole).not.toHaveProperty('wanted');
  });

  it('does not count the A/A arm among those that share the level', () => {
    const alone = rounds(6, 8, { ref: 1, other: 0.9 });
    const [only] = compareArms(alone, { ...plan, arms: two });
    const guarded = [
      ...alone,
      ...alone
        .filter(({ strategy }) => strategy === 'ref')
        .map((run) => {
          return { ...run, strategy: 'ref#2' };
        }),
    ];
    const [guard, other] = compareArms(guarded, plan);
    expect(guard?.adjustedP).toBeNull();
    expect(other?.adjustedP).toBe(only?.adjustedP);
  });

  test.prop([fc.integer({ min: 0, max: 500 }), fc.integer({ min: 2, max: 5 })])(
    'an arm is told apart exactly where its adjusted interval excludes 1, and its adjusted p is below 0.05',
    (seed, count) => {
      const factors = Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`x${i}`, 1 + i * 0.04]),
      );
      const runs = rounds(5, seed, { ref: 1, ...factors });
      const arms = ['ref', ...Object.keys(factors)].map((name) => `evenkeel/${name}`);
      for (const one of compareArms(runs, { ...plan, arms, margin: 1e-9 })) {
        const excludes = one.adjustedLow! > 1 || one.adjustedHigh! < 1;
        expect(excludes).toBe(one.adjustedP! < 0.05);
        expect(one.verdict === 'a' || one.verdict === 'b').toBe(excludes);
        expect(one.adjustedLow).toBeLessThanOrEqual(one.low! + 1e-12);
        expect(one.adjustedHigh).toBeGreaterThanOrEqual(one.high! - 1e-12);
      }
    },
  );

  it('plans the rounds that a difference of ten per cent would take', () => {
    const [quiet] = compareArms(rounds(6, 3, { ref: 1, other: 1 }, 0.01), { ...plan, arms: two });
    const [noisy] = compareArms(rounds(6, 3, { ref: 1, other: 1 }, 0.2), { ...plan, arms: two });
    expect(quiet!.roundsForTenPercent).toBeLessThanOrEqual(4);
    expect(noisy!.roundsForTenPercent).toBeGreaterThan(20);
  });

  it('takes more throughput for the better', () => {
    const runs = rounds(6, 5, { ref: 1, other: 1 }).map((run) => ({
      ...run,
      throughput: (run.strategy === 'other' ? 900 : 500) + run.round,
    }));
    const [comparison] = compareArms(runs, { ...plan, metric: 'throughput', arms: two });
    expect(comparison?.verdict).toBe('a');
  });

  it('leaves a pair without rounds unresolved, and says so by n', () => {
    const [comparison] = compareArms([], { ...plan, arms: ['evenkeel/ref', 'evenkeel/other'] });
    expect(comparison).toMatchObject({
      n: 0,
      ratio: null,
      verdict: 'unresolved',
      detectable: null,
    });
  });
});
