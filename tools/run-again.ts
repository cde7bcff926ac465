/**
 * `node tools/run-again.ts FAILURES [vitest arguments]`: runs the test files that failed once more, alone and
 * one after the other. A machine that others use too can stall for seconds, which is no fault of the change: a test
 * that fails and then passes is named `unstable`, so that it gets mended, and does not fail the run. Without a list
 * of failed tests nothing is repeated: lint or types failed, or Vitest itself did.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Failures } from './failures.ts';

const VITEST = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
/** So many failed files are no accident. */
const FILES_MAX = 25;

/** Whether two names of failures, `file > test` or only the file, can be one failure. */
function isSame(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b} > `) || b.startsWith(`${a} > `);
}

/** Tests that failed in both runs, and those that failed in one of them. */
export function compare(
  first: readonly string[],
  second: readonly string[],
): { readonly twice: string[]; readonly once: string[] } {
  const isIn = (list: readonly string[], test: string): boolean =>
    list.some((other) => isSame(test, other));
  const all = [...new Set([...first, ...second])];
  return {
    twice: all.filter((test) => isIn(first, test) && isIn(second, test)),
    once: all.filter((test) => !isIn(first, test) || !isIn(second, test)),
  };
}

function read(path: string): Failures | undefined {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** @returns the exit code: 0 when nothing failed twice */
function runAgain(firstPath: string, args: readonly string[]): number {
  const first = read(firstPath);
  if (first === undefined || first.files.length === 0) return 1;
  if (first.files.length > FILES_MAX) {
    console.log(`${first.files.length} files failed: too many to be run again`);
    return 1;
  }
  console.log(`\nrun again, alone:\n${first.files.join('\n')}`);
  const secondPath = `${firstPath}.again`;
  const command = [VITEST, 'run', '--maxWorkers=1', ...args, ...first.files];
  const env = { ...process.env, FAILED_TESTS: resolve(secondPath) };
  const { status } = spawnSync(process.execPath, command, { env, stdio: 'inherit' });
  const second = read(secondPath);
  // Vitest itself failed.
  if (second === undefined || (status !== 0 && second.files.length === 0)) return 1;
  const { twice, once } = compare(first.tests, second.tests);
  for (const test of once) console.log(`unstable: failed in one of two runs: ${test}`);
  for (const test of twice) console.log(`failed twice: ${test}`);
  return twice.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = runAgain(process.argv[2] ?? '', process.argv.slice(3));
