/** The handout: what students get, and what they do not. That it works on its own: handout.long.test.ts. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KIT_FOLDER } from '../src/exercise/exercises.ts';
import { writeHandout } from '../src/handout/handout.ts';
import { readProgress, START } from '../src/learn/progress.ts';
import { scratch } from './support.ts';

test('holds every exercise at its start, and no solution, no test and no guide for instructors', () => {
  const out = join(scratch(), 'course');
  expect(writeHandout(KIT_FOLDER, out)).toBeGreaterThan(300);
  const files = readdirSync(out, { recursive: true, encoding: 'utf8' });
  const secret =
    /(?:^|\/)(?:solutions|wrong|mutation|test|fuzz|tools)(?:\/|$)|\.test\.ts$|teaching\.md/;
  expect(files.filter((file) => secret.test(file))).toEqual([]);
  for (const name of readdirSync(join(KIT_FOLDER, 'exercises')).filter((n) => /^\d\d-/.test(n))) {
    const folder = join(out, 'exercises', name);
    expect(existsSync(join(folder, 'checks.ts'))).toBe(true);
    const starter = readFileSync(join(folder, 'starter', 'exercise.ts'), 'utf8');
    expect(readFileSync(join(folder, 'exercise.ts'), 'utf8')).toBe(starter);
  }
  // A place for what the instructor gives, whatever this copy's own student has done.
  expect(readProgress(join(out, 'exercises'))).toEqual(START);
  const { scripts } = JSON.parse(readFileSync(join(out, 'package.json'), 'utf8'));
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['learn', 'grade', 'lb', 'bench']));
  expect(scripts).not.toHaveProperty('handout');
});
