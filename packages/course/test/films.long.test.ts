/** The films of failing checks are files that the lab takes: a law of a fleet, core's own law, calls of a policy. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KIT_FOLDER } from '../src/exercise/exercises.ts';
import { scratch } from './support.ts';

const COURSE = join(import.meta.dirname, '../src/main.ts');
const LAB = join(KIT_FOLDER, 'packages/lab/src/main.ts');

test('the starters fail with films that the lab opens', () => {
  const here = scratch();
  mkdirSync(join(here, 'lab'));
  const run = (...args: string[]): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, args, { cwd: here, encoding: 'utf8' });
  for (const number of ['02', '06', '08']) run(COURSE, 'learn', 'check', number);
  const films = readdirSync(join(here, 'reports/learn'));
  expect(films.length).toBeGreaterThan(5);
  for (const film of films) {
    const lab = run(LAB, '--replay', `reports/learn/${film}`, '--build', 'lab');
    expect([film, lab.status, lab.stderr]).toEqual([film, 0, '']);
  }
});
