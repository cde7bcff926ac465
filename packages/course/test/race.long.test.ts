/**
 * The races of the READMEs: a student's strategy or policy beside ours in `pnpm bench`. The starters run, though most of
 * them lose; one round each, because what is held here is that they take part.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KIT_FOLDER } from '../src/exercise/exercises.ts';
import { EXERCISES, scratch } from './support.ts';

interface BenchResults {
  readonly absent?: unknown;
  readonly runs: readonly {
    readonly subject: string;
    readonly strategy: string;
    readonly requests: { readonly ok: number };
  }[];
}

const MAIN = join(KIT_FOLDER, 'packages/bench/src/main.ts');
const races = EXERCISES.flatMap(({ id, folder }) =>
  [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^pnpm bench (.*)$/gm)].map(
    ([, flags = '']) => [id, flags] as const,
  ),
);

test('every exercise but the program has a race', () => {
  expect(races).toHaveLength(EXERCISES.length - 1);
});

test.each(races)('%s: both take part', (_, flags) => {
  const args = [MAIN, 'bench', ...flags.split(' '), '--quick', '--rounds', '1'];
  const more = flags.includes('--scenario') ? [] : ['--scenario', 'one-slow'];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...args, ...more, '--json', '-', '--out', join(scratch(), 'report')],
    { cwd: KIT_FOLDER, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  expect(stdout, stderr).toMatch(/^\{/);
  const { runs } = JSON.parse(stdout) as BenchResults;
  const live = runs.filter(({ subject }) => subject !== 'simulated');
  const arms = new Set(live.map(({ subject, strategy }) => `${subject}/${strategy}`));
  const isPolicy = flags.includes('policy:mine:');
  const [ours, theirs] = isPolicy
    ? [/^evenkeel\//, /^mine\//]
    : [/^evenkeel\/[\w-]+$/, /^evenkeel\/file:/];
  for (const side of [ours, theirs]) {
    expect(
      [...arms].some((arm) => side.test(arm)),
      `${side} in ${[...arms]}`,
    ).toBe(true);
  }
  for (const { requests } of live) expect(requests.ok).toBeGreaterThan(0);
});
