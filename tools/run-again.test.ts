/** Tests that failed are run once more, and only what fails twice fails the run. */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compare } from './run-again.ts';

const TOOLS = import.meta.dirname;
const FOLDER = mkdtempSync(join(tmpdir(), 'run-again-'));
const LIST = join(FOLDER, 'failed.json');
const VITEST_ARGS = ['--root', FOLDER, '--globals', `--reporter=${join(TOOLS, 'failures.ts')}`];
afterAll(() => rmSync(FOLDER, { recursive: true }));

/** Whether this is the first run of a file, as the text of that file asks. */
const IS_FIRST = `
  const { existsSync, writeFileSync } = await import('node:fs');
  const isFirst = !existsSync(import.meta.filename + '.seen');
  writeFileSync(import.meta.filename + '.seen', '');`;

function file(name: string, text: string): string {
  const path = join(FOLDER, `${name}.test.ts`);
  writeFileSync(path, text);
  return path;
}

function node(...args: string[]): SpawnSyncReturns<string> {
  const env = { ...process.env, FAILED_TESTS: LIST };
  return spawnSync(process.execPath, args, { encoding: 'utf8', env, cwd: FOLDER });
}

const again = (list = LIST): SpawnSyncReturns<string> =>
  node(join(TOOLS, 'run-again.ts'), list, ...VITEST_ARGS);

test('what fails once is named unstable, and does not fail the run', () => {
  file('steady', `test('holds', () => {});`);
  file(
    'shaky',
    `${IS_FIRST}
    test('holds', () => {});
    describe('law', () => test('stalls', () => { if (isFirst) throw new Error('late'); }));`,
  );
  file(
    'stray',
    `${IS_FIRST}
    test('leaves an error', async () => {
      if (isFirst) Promise.reject(new Error('unhandled'));
      await new Promise((done) => setTimeout(done, 50));
    });`,
  );
  const vitest = join(TOOLS, '../node_modules/vitest/vitest.mjs');
  expect(node(vitest, 'run', ...VITEST_ARGS).status).toBe(1);
  const { status, stdout } = again();
  const named = stdout.split('\n').filter((line) => /^(unstable|failed)/.test(line));
  expect(named.sort()).toEqual([
    'unstable: failed in one of two runs: shaky.test.ts > law > stalls',
    'unstable: failed in one of two runs: stray.test.ts',
  ]);
  expect(status).toBe(0);
});

test('what fails twice fails the run', () => {
  const path = file('wrong', `test('is wrong', () => { throw new Error('always'); });`);
  writeFileSync(LIST, JSON.stringify({ files: [path], tests: ['wrong.test.ts > is wrong'] }));
  const { status, stdout } = again();
  expect(stdout).toContain('failed twice: wrong.test.ts > is wrong');
  expect(status).toBe(1);
});

test('without a list of failed tests nothing is run again: lint or types failed', () => {
  const { status, stdout } = again(join(FOLDER, 'none.json'));
  expect([status, stdout]).toEqual([1, '']);
});

test('another test of the file is another failure, the whole file is none', () => {
  const first = ['a > x', 'b'];
  expect(compare(first, ['a > y'])).toEqual({ twice: [], once: ['a > x', 'b', 'a > y'] });
  expect(compare(first, ['a'])).toEqual({ twice: ['a > x', 'a'], once: ['b'] });
  expect(compare(first, ['b > z', 'ab > x'])).toEqual({
    twice: ['b', 'b > z'],
    once: ['a > x', 'ab > x'],
  });
});
