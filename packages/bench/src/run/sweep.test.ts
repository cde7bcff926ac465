import { histogramOf } from '@evenkeel/core/stats';
import { encodeHistogram } from '@evenkeel/report';
import { loadScenario, ratePerSecond } from '@evenkeel/sim';
import { describe, expect, it } from 'vitest';
import { runWith } from '../../test/support/synthetic.ts';
import { loadAt, pointsOf } from './sweep.ts';

const histogram = encodeHistogram(histogramOf(Array.from({ length: 600 }, () => 20)));
const run = (
  strategy: string,
  round: number,
  mean: number,
  valid = true,
): ReturnType<typeof runWith> =>
  runWith(strategy, round, 4 * mean, { histogram, ...(valid ? {} : { valid, void: 'late' }) });

describe('a sweep', () => {
  it('asks for a share of the capacity, whatever rate the scenario names', () => {
    const scenario = loadScenario('one-slow');
    const load = loadAt(scenario, 0.5);
    if (load.kind !== 'open') throw new Error('expected an open load');
    expect(ratePerSecond({ ...scenario, load })).toBeCloseTo(0.5 * (3000 + 200), 6);
  });

  it('makes a point of the valid rounds of each strategy, and none of fewer than two', () => {
    const runs = [run('a', 1, 10), run('a', 2, 12), run('a', 3, 99, false), run('b', 1, 10)];
    const points = pointsOf(runs, 0.7);
    expect(points).toHaveLength(1);
    expect(points[0]).toMatchObject({ strategy: 'a', load: 0.7, mean: 11 });
    // Of 1,200 samples in both rounds; one round alone has too few for a p99.
    expect(points[0]?.p99).toBeCloseTo(20, 1);
  });

  it('keeps subjects apart that balance by the same name, and tells what each answered', () => {
    const failing = { sent: 1000, ok: 750 };
    const of = (subject: string, round: number, mean: number): ReturnType<typeof runWith> => {
      const one = runWith('own', round, 4 * mean, { subject, histogram });
      return subject === 'errs' ? { ...one, requests: { ...one.requests, ...failing } } : one;
    };
    const runs = [of('fine', 1, 10), of('errs', 1, 2), of('fine', 2, 10), of('errs', 2, 2)];
    expect(pointsOf(runs, 0.5)).toMatchObject([
      { subject: 'fine', strategy: 'own', mean: 10, answered: 1 },
      { subject: 'errs', strategy: 'own', mean: 2, answered: 0.75 },
    ]);
  });
});
