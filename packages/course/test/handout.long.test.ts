/** The handout works on its own: the two commands, a solution that passes there, and solutions that are not given away. */

import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installHandout } from './installed-handout.ts';
import { exercise, filesOf, scratch } from './support.ts';

const { id } = exercise('01');

test('works on its own with the two commands, and offline', () => {
  const out = join(scratch(), 'course');
  const run = installHandout(out);

  const first = run('--silent', 'learn', '--once');
  expect(first.code).toBe(1);
  expect(first.out).toMatch(/0 of 12 passed[\s\S]*01 Round robin[\s\S]*again: pnpm learn check 01/);

  const [solution = ''] = filesOf(exercise('01'), 'solutions');
  copyFileSync(solution, join(out, 'exercises', id, 'exercise.ts'));
  expect(run('--silent', 'learn', '--once').out).toContain('02 Never to the dead is unlocked');
  expect(readFileSync(join(out, 'exercises/progress.yaml'), 'utf8')).toContain(id);
  const asked = run('--silent', 'learn', 'solution', '01');
  expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('your instructor holds')]);

  const { out: json } = run('--silent', 'grade', '01', '02', '--json', '-');
  const { exercises } = JSON.parse(json);
  expect(exercises.map(({ status }: { status: string }) => status)).toEqual(['pass', 'fail']);
});
