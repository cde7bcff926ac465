import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { arbitraryResults } from '../../test/support/arbitrary.ts';
import { sampleResults } from '../../test/support/sample.ts';
import { sampleRuns } from '../../test/support/sample-run.ts';
import { accountedFor, isSimulated } from '../laws.ts';
import { pooledLatency, sectionsOf } from './arms.ts';

describe('sections', () => {
  test.prop([arbitraryResults], { numRuns: 40 })('hold each run exactly once', (results) => {
    const held = sectionsOf(results).flatMap((section) => section.arms.flatMap((arm) => arm.runs));
    expect(held).toHaveLength(results.runs.length);
    expect(new Set(held)).toEqual(new Set(results.runs));
  });

  test.prop([arbitraryResults], { numRuns: 40 })(
    'are live or simulated, never both, and live ones come first',
    (results) => {
      const sections = sectionsOf(results);
      for (const section of sections) {
        for (const run of section.arms.flatMap((arm) => arm.runs)) {
          expect(isSimulated(run)).toBe(section.simulated);
          expect(run.scenario).toBe(section.name);
        }
      }
      const order = sections.map((section) => Number(section.simulated));
      expect(order).toEqual(order.toSorted());
    },
  );

  test.prop([arbitraryResults], { numRuns: 40 })(
    'count valid runs alone, all of them where nothing is compared',
    (results) => {
      for (const { arms, comparisons } of sectionsOf(results)) {
        for (const arm of arms) {
          const valid = arm.runs.filter((run) => run.valid);
          for (const run of arm.valid) expect(valid).toContain(run);
          if (comparisons.length === 0) expect(arm.valid).toEqual(valid);
          const sent = arm.valid.map((run) => run.requests.sent);
          expect(arm.requests.sent).toBe(sent.reduce((sum, one) => sum + one, 0));
          expect(accountedFor(arm.requests)).toBe(arm.requests.sent);
        }
      }
    },
  );

  test('of a comparison count the rounds in which all of its arms were valid', () => {
    const [first] = sectionsOf(sampleResults());
    const rounds = first!.arms.map((arm) => arm.valid.map((run) => run.round));
    // Round 3 of one arm is void.
    for (const mine of rounds) expect(mine).toEqual([1, 2, 4, 5, 6]);
  });

  test.prop([arbitraryResults, fc.nat()], { numRuns: 40 })(
    'do not depend on the order in which rounds drew their arms',
    (results, seed) => {
      const at = seed % (results.runs.length + 1);
      const turned = [...results.runs.slice(at), ...results.runs.slice(0, at)];
      const names = (runs: typeof turned) =>
        sectionsOf({ ...results, runs })
          .map((section) => `${section.title}: ${section.arms.map((arm) => arm.id)}`)
          .sort();
      expect(names(turned)).toEqual(names([...results.runs]));
    },
  );

  test('give each comparison to the section of its arms', () => {
    const [comparison] = sampleResults().comparisons;
    const of = (a: string, b: string) => {
      const results = { ...sampleResults(), comparisons: [{ ...comparison!, a, b }] };
      return sectionsOf(results)
        .filter(({ comparisons, simulator }) => comparisons.length > 0 || simulator !== null)
        .map(({ simulated, simulator }) => [simulated, simulator?.comparisons.length ?? 0]);
    };
    expect(of('evenkeel/peak-ewma', 'evenkeel/round-robin')).toEqual([[false, 0]]);
    expect(of('simulated/peak-ewma', 'simulated/round-robin')).toEqual([[true, 0]]);
    expect(of('simulated/round-robin', 'evenkeel/round-robin')).toEqual([[false, 1]]);
  });
});

describe('pooled latency', () => {
  test('of one run is what the run says', () => {
    const [run] = sampleResults().runs;
    expect(pooledLatency([run!])).toEqual(run!.latencyMs);
  });

  test('of no run is unknown', () => {
    expect(new Set(Object.values(pooledLatency([])))).toEqual(new Set([null]));
  });

  test('of rounds that are each too short for p99 has one once they are enough together', () => {
    const shape = { scenario: 's', strategy: 'x', medianMs: 20, sigma: 0, ratePerSecond: 300 };
    const runs = sampleRuns([{ ...shape, rounds: 2 }]);
    expect(runs.map((run) => run.latencyMs.p99)).toEqual([null, null]);
    expect(pooledLatency(runs).p99).toBeCloseTo(20, 0);
    expect(pooledLatency(runs).mean).toBeCloseTo(20, 0);
  });
});
