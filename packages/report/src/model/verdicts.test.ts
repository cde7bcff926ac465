import { describe, expect, test } from 'vitest';
import { sampleResults } from '../../test/support/sample.ts';
import { sampleRuns } from '../../test/support/sample-run.ts';
import type { Comparison } from '../results.ts';
import { sectionsOf } from './arms.ts';
import { armObjective, conclude, runStatus, verdictWords, worst } from './verdicts.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

function words(change: Partial<Comparison>): string {
  const [comparison] = sampleResults().comparisons;
  return plain(verdictWords({ ...comparison!, ...change }));
}

describe('a comparison in words', () => {
  test('gives the gain of a, with the smaller bound first', () => {
    expect(words({ verdict: 'a', ratio: 0.62, low: 0.56, high: 0.69 })).toBe(
      'faster by 38 % (31–44 %)',
    );
  });

  test('gives the loss of a', () => {
    expect(words({ verdict: 'b', ratio: 1.5, low: 1.2, high: 1.9 })).toBe(
      'slower by 50 % (20–90 %)',
    );
  });

  test('speaks of throughput and CPU in their own words', () => {
    const figures = { ratio: 1.5, low: 1.2, high: 1.9 };
    expect(words({ ...figures, metric: 'throughput', verdict: 'a' })).toMatch(/^higher by 50 %/);
    expect(words({ ...figures, metric: 'cpuUsPerRequest', verdict: 'b' })).toMatch(
      /^dearer by 50 %/,
    );
  });

  test('a tie gives its interval', () => {
    expect(words({ verdict: 'tie', low: 0.98, high: 1.034 })).toBe('tie (−2 % to 3.4 %)');
  });

  test('an unresolved one says what could have been seen', () => {
    expect(words({ verdict: 'unresolved', low: 0.8, high: 1.2, detectable: 0.21 })).toBe(
      'unresolved (−20 % to 20 %); could have seen 21 %',
    );
  });

  test('does not put a figure on what only a factor above two would have shown', () => {
    expect(words({ verdict: 'unresolved', low: 0.1, high: 40, detectable: 37 })).toBe(
      'unresolved: too noisy to tell',
    );
  });

  test('has no verdict where no round was valid', () => {
    const nothing = { ratio: null, low: null, high: null, n: 0, detectable: null };
    expect(words({ ...nothing, verdict: 'unresolved' })).toBe('unresolved: no valid round');
  });
});

describe('a conclusion', () => {
  const shape = { scenario: 'one-dies', medianMs: 20, sigma: 0.5, durationMs: 4000 };
  const faults = [{ kind: 'kill', target: 'fast-1', startMs: 500, endMs: 1500 }];
  const failing = { share: 0.5, cause: 'reset' } as const;
  const of = (arms: Parameters<typeof sampleRuns>[0], comparisons: readonly Comparison[] = []) => {
    const results = { ...sampleResults(), runs: sampleRuns(arms), comparisons };
    return conclude(sectionsOf(results)[0]!);
  };

  test('is void without a valid run', () => {
    expect(of([{ ...shape, strategy: 'x', voidRound: 1 }])).toMatchObject({ badge: 'void' });
  });

  test('is failed where every arm fails; else each has a verdict of its own, in words', () => {
    const arms = [
      { ...shape, strategy: 'good', faults },
      { ...shape, strategy: 'bad', faults, failing },
    ];
    expect(of(arms)).toMatchObject({
      status: 'info',
      badge: '1 of 2 pass',
      text: 'good meets every objective; bad misses an objective.',
    });
    expect(of([{ ...shape, strategy: 'bad', faults, failing }])).toMatchObject({ status: 'fail' });
  });

  test('passes nothing on the word of a void run', () => {
    const arms = [
      { ...shape, strategy: 'good', faults },
      { ...shape, strategy: 'late', faults, voidRound: 1 },
    ];
    expect(of(arms)).toMatchObject({
      status: 'info',
      text: 'good meets every objective; late cannot be judged.',
    });
    expect(of(arms.slice(1))).toMatchObject({ status: 'unknown' });
  });

  test('counts only, where nothing was asked', () => {
    expect(of([{ ...shape, strategy: 'x' }])).toMatchObject({
      status: 'info',
      badge: 'counts only',
    });
  });

  test('names the largest gain of a comparison', () => {
    const section = sectionsOf(sampleResults())[0]!;
    expect(plain(conclude(section).text)).toBe(
      'least-connections against round-robin: faster by 38 % (31–44 %) in p99 latency.',
    );
  });

  test('is a tie only when all are', () => {
    const section = sectionsOf(sampleResults())[0]!;
    const [tie] = section.comparisons;
    expect(conclude({ ...section, comparisons: [tie!, tie!] })).toMatchObject({ badge: 'tie' });
    const unresolved = { ...tie!, verdict: 'unresolved' } as const;
    expect(conclude({ ...section, comparisons: [tie!, unresolved] })).toMatchObject({
      badge: 'unresolved',
    });
  });
});

describe('verdicts of several', () => {
  test('a failure outweighs an unknown, an unknown a pass', () => {
    expect(worst(['pass', 'unknown', 'fail'])).toBe('fail');
    expect(worst(['pass', 'unknown'])).toBe('unknown');
    expect(worst(['pass'])).toBe('pass');
  });

  const faults = [{ kind: 'kill', target: 'fast-1', startMs: 0, endMs: 500 }];
  const shape = { scenario: 's', strategy: 'x', medianMs: 9, sigma: 0.1, faults, rounds: 3 };
  const armOf = (change: Partial<typeof shape & { voidRound: number }>) => {
    const runs = sampleRuns([{ ...shape, ...change }]);
    return sectionsOf({ ...sampleResults(), runs, comparisons: [] })[0]!.arms[0]!;
  };

  test('an objective is as good as its worst round', () => {
    const arm = armOf({});
    const [first, ...others] = arm.runs;
    const failed = { name: 'lost', limit: 0, measured: 2, verdict: 'fail' } as const;
    const runs = [{ ...first!, objectives: [failed] }, ...others];
    expect(armObjective({ ...arm, runs }, 'lost')).toMatchObject({
      objective: { measured: 2, verdict: 'fail' },
      passed: 2,
      of: 3,
    });
    expect(armObjective(arm, 'no such')).toBeNull();
  });

  test('a void run proves nothing, but a count of it that failed', () => {
    const [, late] = armOf({ voidRound: 2 }).runs;
    expect(runStatus(late!)).toBe('unknown');
    const failed = { name: 'lost', limit: 0, measured: 2, verdict: 'fail' } as const;
    expect(runStatus({ ...late!, objectives: [failed] })).toBe('fail');
  });

  test('the figure of an objective over several rounds is the one of tables and charts', () => {
    const arm = armOf({ medianMs: 20 });
    expect(armObjective(arm, 'p99Ms')!.objective.measured).toBe(arm.latency.p99);
    expect(armObjective(arm, 'availability')!.objective.measured).toBe(arm.answered);
  });
});
