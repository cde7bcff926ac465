/** The black box: what a run, three runs and a repetition come to. Real subjects: blackbox.long.test.ts. */

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LEVELS, type LevelResult, runLevel, scoreCard } from '../src/blackbox/score-card.ts';
import { exercise } from './support.ts';

const STARTER = `{node} ${join(exercise('12').folder, 'exercise.ts')} {port} {backends}`;

async function results(command: string, ...numbers: number[]): Promise<readonly LevelResult[]> {
  const levels = LEVELS.filter(({ number }) => numbers.includes(number));
  return (await scoreCard({ command }, { levels, runs: 1, repeat: 0, said: () => {} })).levels;
}

describe('three of three runs', () => {
  // Which runs fail, counted from 0 over all repetitions.
  test.each([
    ['all passed', [], 0, { verdict: 'pass', score: 10, passed: 3, message: '' }, 3],
    ['all failed', [0, 1, 2], 0, { verdict: 'fail', score: 0, passed: 0 }, 3],
    ['all failed, never repeated', [0, 1, 2], 2, { verdict: 'fail', score: 0, passed: 0 }, 3],
    ['mixed', [1], 0, { verdict: 'unknown', score: 0, passed: 2, message: 'run 1' }, 3],
    ['mixed, then good', [1], 2, { verdict: 'pass', score: 10, passed: 3 }, 6],
    ['mixed, then bad', [1, 3, 4, 5], 2, { verdict: 'fail', score: 0, passed: 0 }, 6],
    ['mixed each time', [0, 4, 8], 2, { verdict: 'unknown', score: 0, passed: 2 }, 9],
  ])('%s', async (_, failing, repeat, expected, total) => {
    let made = 0;
    const once = async (): Promise<string | undefined> => {
      const run = made++;
      return failing.includes(run) ? `run ${run}` : undefined;
    };
    const level = { number: 1, title: 'a level', points: 10 };
    const result = await runLevel(level, once, { runs: 3, repeat });
    expect(result).toMatchObject({ ...expected, runs: 3, maxScore: 10 });
    expect(made).toBe(total);
  });
});

describe('a program', () => {
  test('that forwards and knows no SIGTERM has L1, and not L6', async () => {
    expect(await results(STARTER, 1, 6)).toMatchObject([
      { verdict: 'pass', score: 10 },
      {
        verdict: 'fail',
        score: 0,
        message: expect.stringMatching(/^a request that was running at SIGTERM ended with/),
      },
    ]);
  });

  test('that does not start fails with the reason', async () => {
    const [first] = await results('echo cannot start; exit 3 # {port} {backends}', 1);
    expect(first).toMatchObject({
      verdict: 'fail',
      message: expect.stringMatching(/^the program ended .*cannot start/),
    });
  });
});
