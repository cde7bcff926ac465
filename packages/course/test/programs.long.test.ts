/** Exercise 12 in `pnpm grade`: a program is run only if that is allowed, and marked by three runs a level. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Grade } from '../src/grade/result.ts';
import { exercise, scratch } from './support.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const { folder, id } = exercise('12');

/** What is handed in: a program and the line that starts it; the file of the exercise has to be there. */
function handIn(program: string, command: string): string {
  const submission = scratch();
  const target = join(submission, id);
  mkdirSync(target);
  copyFileSync(join(folder, 'exercise.ts'), join(target, 'exercise.ts'));
  copyFileSync(join(folder, program), join(target, 'lb.py'));
  writeFileSync(join(target, 'command.txt'), `${command}\n`);
  return submission;
}

function gradeOf(submission: string, ...flags: string[]): Grade['exercises'][number] {
  const args = [MAIN, 'grade', '12', '--submission', submission, '--json', '-', ...flags];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return (JSON.parse(stdout) as Grade).exercises[0] as Grade['exercises'][number];
}

test('without --programs nothing is run', () => {
  const { score, status, tests } = gradeOf(handIn('wrong/naive.py', 'exit 9 {port} {backends}'));
  expect([score, status]).toEqual([0, 'error']);
  expect(tests[0]?.message).toMatch(/^not run: a program runs outside the sandbox; --programs/);
});

test('with --programs the naive one has L1 and L2, and each level that failed says how to see it', () => {
  const command = 'python3 lb.py {port} {backends}';
  const { score, tests } = gradeOf(handIn('wrong/naive.py', command), '--programs');
  expect(score).toBe(2.5);
  expect(tests.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'L1 pass',
    'L2 pass',
    ...['L3', 'L4', 'L5', 'L6', 'L7'].map((level) => `${level} fail`),
  ]);
  expect(tests[2]?.replay).toBe(`pnpm blackbox --command "${command}" --levels 3`);
});
