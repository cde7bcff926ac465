import { describe, expect, test } from 'vitest';
import { sampleResults } from '../../test/support/sample.ts';
import type { Differences } from '../differences.ts';
import { benchMarkdown, differencesMarkdown } from '../markdown.ts';
import type { Comparison, Results } from '../results.ts';
import { answersOf, doubtsOf, shareWords } from './answer.ts';
import { sectionsOf } from './arms.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');
const sample = sampleResults();
const own = sample.comparisons.filter(({ scenario }) => scenario === 'one-slow');

function answerOf(change: Partial<Comparison>, results: Results = sample): string {
  const comparisons = own.map((one) => (one.a.endsWith('#2') ? one : { ...one, ...change }));
  const changed = { ...results, comparisons };
  return plain(answersOf(changed, sectionsOf(changed))[0]?.sentence ?? '');
}

describe('the answer', () => {
  test('names the best strategy, and by how much', () => {
    expect(answerOf({ verdict: 'a', ratio: 0.25, low: 0.2, high: 0.3 })).toMatch(
      /^One backend of four is five times slower: \S+ cut p99 latency to a quarter of round-robin’s\.$/,
    );
  });

  test('of nothing told apart says what would have been seen', () => {
    expect(answerOf({ verdict: 'unresolved', detectable: 0.2 })).toMatch(
      /: no difference from round-robin beyond chance; 20 % would have been seen\.$/,
    );
    expect(answerOf({ verdict: 'tie' })).toMatch(/: all are level with round-robin\.$/);
  });

  test('never calls an arm fast that answered less', () => {
    const answered = { a: 0.999, b: 0.75 };
    expect(answerOf({ verdict: 'a', reason: 'by what was answered', answered })).toMatch(
      /answered 99\.9 % of its requests, round-robin 75 %\.$/,
    );
  });

  test('says a share as a reader would', () => {
    expect([0.25, 0.34, 0.5, 0.62].map((share) => plain(shareWords(share)))).toEqual([
      'a quarter of',
      'a third of',
      'half of',
      '62 % of',
    ]);
  });

  test('comes with when not to believe it: load, fleet, what could go unseen, void runs', () => {
    const doubts = plain(doubtsOf(sample, sectionsOf(sample)).join('\n'));
    expect(doubts).toMatch(
      /one-slow was measured at 600\/s, 19 % of what the fleet can serve, on 3 × fast/,
    );
    expect(doubts).toMatch(/A difference below \d+ % could have gone unseen/);
    expect(doubts).toMatch(/void: the generator was late/);
  });
});

describe('a summary for a comment', () => {
  test('has the answer, a table and the command, and no name becomes markup', () => {
    const hostile = 'a|b<img src=x>`*';
    const runs = sample.runs.map((run) =>
      run.strategy === 'peak-ewma' ? { ...run, strategy: hostile } : run,
    );
    const text = benchMarkdown({ ...sample, runs });
    expect(text).toMatch(/^\*\*One backend of four/);
    expect(text).toContain(sample.command);
    expect(text).not.toMatch(/(?<!\\)<img/);
    for (const line of text.split('\n').filter((one) => one.startsWith('|'))) {
      expect(line.replaceAll('\\|', '').split('|')).toHaveLength(7);
    }
  });

  test('of a comparison has what is worse first', () => {
    const side = { startedAt: '', commit: null, machine: '', command: '' };
    const one = {
      scenario: 's',
      metric: 'p99',
      arm: 'evenkeel/x',
      against: 'evenkeel/y',
      before: 0.4,
      now: 0.8,
      change: 2,
      low: 1.8,
      high: 2.2,
      rounds: { before: 6, now: 6 },
    } as const;
    const found: Differences = {
      schema: 'evenkeel.differences/1',
      margin: 0.05,
      before: side,
      now: side,
      differences: [
        { ...one, arm: 'evenkeel/z', verdict: 'same' },
        { ...one, verdict: 'worse' },
      ],
      notes: [],
    };
    const rows = plain(differencesMarkdown(found))
      .split('\n')
      .filter((line) => line.startsWith('| s'));
    expect(rows[1]).toBe(
      '| s | x | p99 latency × y | × 0.40 | × 0.80 | +100 % (80 % to +120 %) | **worse** |'.replace(
        '(80',
        '(+80',
      ),
    );
    expect(rows).toHaveLength(3);
  });
});
