/** The black box: programs with known scores, level by level. */

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LEVELS, scoreCard } from '../src/blackbox/score-card.ts';
import { exercise } from './support.ts';

const { folder } = exercise('12');
const NAIVE = `python3 ${join(folder, 'wrong/naive.py')} {port} {backends}`;
const STARTER = `{node} ${join(folder, 'exercise.ts')} {port} {backends}`;

async function verdicts(command: string, ...levels: number[]): Promise<string[]> {
  const chosen = LEVELS.filter(({ number }) => levels.includes(number));
  const card = await scoreCard({ command }, { levels: chosen, runs: 1, repeat: 0, said: () => {} });
  return card.levels.map(({ level, verdict, message }) => `L${level} ${verdict} ${message}`.trim());
}

describe('the black box', () => {
  test('the starter forwards, and spreads nothing', async () => {
    expect(await verdicts(STARTER, 1, 2)).toEqual([
      'L1 pass',
      expect.stringMatching(/^L2 fail b1 got 100\.0 % of the requests/),
    ]);
  });

  test('a naive program spreads, retries nothing and buffers', async () => {
    expect(await verdicts(NAIVE, 1, 2, 5, 6, 7)).toEqual([
      'L1 pass',
      'L2 pass',
      expect.stringMatching(/^L5 fail right after b2 was killed/),
      expect.stringMatching(/^L6 fail the first part of an answer was held back/),
      expect.stringMatching(/^L7 fail Content-Length beside Transfer-Encoding was passed on/),
    ]);
  });

  test('a program that does not start fails with the reason', async () => {
    const [first] = await verdicts('echo cannot start; exit 3 # {port} {backends}', 1);
    expect(first).toMatch(/^L1 fail the program ended .*cannot start/);
  });
});
