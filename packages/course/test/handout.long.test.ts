/**
 * The handout in an empty folder, without this kit around it: installed from what is on this machine, then used with no
 * network but loopback. The two commands work, a solution passes there, and solutions are not given away.
 */

import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KIT_FOLDER } from '../src/exercise/exercises.ts';
import { writeHandout } from '../src/handout/handout.ts';
import { exercise, filesOf, scratch } from './support.ts';

const { id } = exercise('01');
const NO_NETWORK = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };

test('works on its own with the two commands, and offline', () => {
  const out = join(scratch(), 'course');
  writeHandout(KIT_FOLDER, out);
  const run = (...args: string[]): { code: number | null; out: string; err: string } => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...NO_NETWORK, CI: '1' };
    const { status, stdout, stderr } = spawnSync('pnpm', args, { cwd: out, env, encoding: 'utf8' });
    return { code: status, out: stdout, err: stderr };
  };
  const installed = run('install', '--offline', '--frozen-lockfile');
  expect([installed.code, installed.err]).toEqual([0, expect.anything()]);

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
