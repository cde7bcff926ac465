import { seededRandom } from '@evenkeel/core';
import { type Comparison, RESULTS_SCHEMA, type Results, type Run } from '@evenkeel/report';
import { describe, expect, it } from 'vitest';
import { gaussian, runWith } from '../../test/support/synthetic.ts';
import { compareArms } from './compare.ts';
import { differencesOf, regressionsOf } from './differences.ts';

const ROUNDS = 6;
const MARGIN = 0.05;
const environment = { node: '', os: '', arch: '', cpuModel: 'x', cores: 2, memoryBytes: 1 };
const scenario = { name: 's', title: 's', fleet: [], load: { kind: 'open' } };

interface Shape {
  /** p99 of each strategy in ms, the reference first. */
  readonly p99: Readonly<Record<string, number>>;
  readonly seed: number;
  /** Deviation of the logarithm of each round's p99. */
  readonly noise?: number;
  readonly more?: Partial<Run>;
  readonly cores?: number;
}

/** A bench with figures of our choice. */
function bench({ p99, seed, noise = 0.03, more = {}, cores = 2 }: Shape): Results {
  const random = seededRandom(seed);
  const names = Object.keys(p99);
  const runs = Array.from({ length: ROUNDS }, (_, i) =>
    names.map((name) =>
      runWith(name, i + 1, (p99[name] ?? 0) * Math.exp(noise * gaussian(random)), more),
    ),
  ).flat();
  const arms = names.map((name) => `evenkeel/${name}`);
  return {
    schema: RESULTS_SCHEMA,
    kind: 'bench',
    startedAt: new Date(0).toISOString(),
    environment: { ...environment, cores },
    git: null,
    seed,
    command: '',
    scenarios: [scenario],
    runs,
    comparisons: compareArms(runs, { scenario: 's', metric: 'p99', arms, margin: MARGIN }),
    verdict: { status: 'pass', text: '' },
  };
}

const BEFORE = bench({ p99: { slow: 100, quick: 40 }, seed: 1 });
const of = (found: ReturnType<typeof differencesOf>, arm: string, metric: string) =>
  found.differences.find((one) => one.arm === `evenkeel/${arm}` && one.metric === metric);

describe('two saved benches', () => {
  it('an arm that lost half of its lead is worse, and nothing else is', () => {
    const found = differencesOf(BEFORE, bench({ p99: { slow: 100, quick: 60 }, seed: 2 }), MARGIN);
    const [only, ...others] = regressionsOf(found);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ arm: 'evenkeel/quick', against: 'evenkeel/slow', metric: 'p99' });
    expect(only?.change).toBeGreaterThan(1.4);
    expect(only?.low).toBeLessThan(1.5);
    expect(only?.high).toBeGreaterThan(1.5);
  });

  it('a lead that grew is better', () => {
    const found = differencesOf(BEFORE, bench({ p99: { slow: 100, quick: 20 }, seed: 2 }), MARGIN);
    expect(of(found, 'quick', 'p99')?.verdict).toBe('better');
    expect(regressionsOf(found)).toEqual([]);
  });

  it('a reference is judged by its own figures on one machine, and only shown of two', () => {
    const slower = { p99: { slow: 200, quick: 80 }, seed: 2 };
    const same = differencesOf(BEFORE, bench(slower), MARGIN);
    expect(regressionsOf(same)).toMatchObject([{ arm: 'evenkeel/slow', against: null }]);
    const other = differencesOf(BEFORE, bench({ ...slower, cores: 64 }), MARGIN);
    expect(regressionsOf(other)).toEqual([]);
    expect(other.notes.join()).toMatch(/two machines/);
    expect(of(other, 'slow', 'p99')?.change).toBeGreaterThan(1.8);
  });

  it('answering less is worse, however fast the rest was', () => {
    const requests = { ...BEFORE.runs[0]!.requests, ok: 900, lost: 100 };
    const now = bench({ p99: { slow: 50, quick: 20 }, seed: 2, more: { requests } });
    const worse = regressionsOf(differencesOf(BEFORE, now, MARGIN));
    expect(worse.filter(({ metric }) => metric === 'answered')).toHaveLength(2);
  });

  it('of the same arms are worse less than once in twenty, all of their figures together', () => {
    const p99 = { slow: 100, a: 40, b: 40, c: 40 };
    let alarms = 0;
    for (let seed = 0; seed < 200; seed++) {
      const found = differencesOf(
        bench({ p99, seed: 2 * seed, noise: 0.1 }),
        bench({ p99, seed: 2 * seed + 1, noise: 0.1 }),
        0.001,
      );
      if (regressionsOf(found).length > 0) alarms++;
    }
    expect(alarms).toBeLessThan(10);
  });

  it('without a common arm, or with another load, have nothing in common', () => {
    const other = bench({ p99: { x: 100, y: 40 }, seed: 2 });
    expect(differencesOf(BEFORE, other, MARGIN).differences).toEqual([]);
    const load = { kind: 'open', ratePerSecond: 1 };
    const changed = { ...BEFORE, scenarios: [{ ...scenario, load }] };
    const found = differencesOf(BEFORE, changed, MARGIN);
    expect(found.differences).toEqual([]);
    expect(found.notes.join()).toMatch(/another fleet or load/);
  });

  it('of one round each decide nothing, and say why', () => {
    const single = (results: Results): Results => {
      const runs = results.runs.filter(({ round }) => round === 1);
      const arms = ['evenkeel/slow', 'evenkeel/quick'];
      const plan = { scenario: 's', metric: 'p99' as const, arms, margin: MARGIN };
      const comparisons: Comparison[] = compareArms(runs, plan);
      return { ...results, runs, comparisons };
    };
    const found = differencesOf(single(BEFORE), single(BEFORE), MARGIN);
    for (const { verdict, reason } of found.differences) {
      expect([verdict, reason]).toEqual(['unresolved', expect.stringMatching(/too few rounds/)]);
    }
  });
});
