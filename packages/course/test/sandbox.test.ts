/**
 * Hostile and broken submissions cost their author points, and the grader nothing. One of each kind; all of them:
 * sandbox.long.test.ts.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSubmission } from '../src/sandbox/submission.ts';
import { HOSTILE, roundRobin, UNUSABLE } from './submissions.ts';
import { exercise, gradeText, scratch } from './support.ts';

const FIRST = exercise('01');

/** Told before any process is started. */
const READ = ['a syntax error', 'an enum', 'another import', 'a dynamic import'];
const LOADED = ['another export', 'a throw in pick'];
const ENDLESS = 'endless loop in pick';
const EVIL = [ENDLESS, 'replacing Math.random'];

const those = <T extends readonly [string, ...unknown[]]>(
  all: readonly T[],
  names: readonly string[],
): T[] => all.filter(([name]) => names.includes(name));

test.each(those(UNUSABLE, READ))('%s is told with its line', async (_, text, says) => {
  const file = join(scratch(), 'exercise.ts');
  writeFileSync(file, text);
  await expect(readSubmission(file)).rejects.toThrow(says);
});

test.each([...those(UNUSABLE, LOADED), ...those(HOSTILE, EVIL)])(
  '%s gets no points, and its author one line',
  async (name, text, says) => {
    // What answers at all may take its time; a loop need not be waited for.
    const callMs = name === ENDLESS ? 1_000 : 60_000;
    const { score, tests } = await gradeText(FIRST, text, 'turns', { callMs });
    expect(score).toBe(0);
    expect(tests[0]?.message).toMatch(says);
    expect(tests[0]?.message).not.toMatch(/node:internal|main\.mjs|\n/);
  },
);

describe('a submission', () => {
  test('finds the language and nothing else', async () => {
    const names = [
      ...['process', 'require', 'fetch', 'setTimeout', 'Worker', 'WebSocket', 'Buffer'],
      ...['global', 'navigator', 'WebAssembly'],
    ];
    const looks = names.map((name) => `typeof ${name} !== 'undefined' && '${name}'`).join(', ');
    const pick = `const found = [${looks}].filter(Boolean); if (found.length > 0) throw new Error(found.join());`;
    const { tests } = await gradeText(FIRST, roundRobin({ pick }), 'turns');
    expect(tests.map(({ message }) => message)).toEqual(['']);
  });

  test('meets the same chance and the same time in each of its processes', async () => {
    const told = `const said = [Math.random(), Date.now(), +new Date(), new Date(7).getTime(), typeof Temporal,
      typeof Intl.DateTimeFormat, typeof (new Date() as any).toTemporalInstant, new Error('').stack];
      throw new Error(said.join());`;
    const once = async (): Promise<string | undefined> =>
      (await gradeText(FIRST, roundRobin({ pick: told }), 'turns')).tests[0]?.message;
    const first = await once();
    // No folder of ours in a stack: its name is another one each time.
    expect(first).toMatch(/Error: 0\.\d+,0,0,7,(?:undefined,){3}Error +at .*exercise\.ts:8/);
    expect(first).not.toMatch(/evenkeel|main\.mjs|file:/);
    expect(await once()).toBe(first);
  });
});
