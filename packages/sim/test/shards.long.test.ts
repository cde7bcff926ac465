/**
 * The sharded form of a sweep as schedulers run it: the line for Slurm in docs/06 and the script of the indexed
 * Kubernetes job, each part by hand, come to the bytes of a sweep on one machine.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');
const MAIN = join(ROOT, 'packages/sim/src/main.ts');
const PARTS = 8;
/** As in the examples, in all but its length. */
const REQUESTS = '--requests 3000';
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sim-shards-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function shell(script: string, environment: Record<string, string>): void {
  const env = { ...process.env, ...environment };
  execFileSync('sh', ['-c', script], { cwd: folder, env, stdio: 'ignore' });
}

function sim(...args: string[]): void {
  execFileSync(process.execPath, [MAIN, ...args], { cwd: folder, stdio: 'ignore' });
}

/** `parts` as they lie in a folder, merged, and the whole in one piece, have the same bytes. */
function expectSameBytes(plan: readonly string[], partsIn: string): void {
  const parts = Array.from({ length: PARTS }, (_, i) => join(partsIn, `part-${i + 1}.json`));
  sim('merge', ...parts, '--json', 'merged.json');
  sim(...plan, ...REQUESTS.split(' '), '--json', 'whole.json');
  const [merged, whole] = ['merged.json', 'whole.json'].map((name) =>
    readFileSync(join(folder, name), 'utf8'),
  );
  expect(merged).toBe(whole);
}

it('the line for Slurm', () => {
  const line = /^sbatch --array=1-8 --wrap '(.+)'$/m.exec(textOf('docs/06-simulating.md'))?.[1];
  const script = (line ?? '').replace('pnpm sim', `${process.execPath} ${MAIN} ${REQUESTS}`);
  for (let i = 1; i <= PARTS; i++) shell(script, { SLURM_ARRAY_TASK_ID: String(i) });
  expectSameBytes(['--servers', '10', '--sweep', 'load=0.5..0.95:10'], folder);
});

it('the script of the indexed job', () => {
  const yaml = textOf('examples/kubernetes/sweep.yaml');
  const folded = /- >-\n([\s\S]+?)\n +volumeMounts/.exec(yaml)?.[1] ?? '';
  const script = folded.trim().replace(/\n +/g, ' ');
  expect(yaml).toContain(`completions: ${PARTS}\n`);
  const results = join(folder, 'results');
  mkdirSync(results);
  const here = script
    .replace('node packages/sim/src/main.ts', `${process.execPath} ${MAIN} ${REQUESTS}`)
    .replace('/results/', `${results}/`);
  for (let i = 0; i < PARTS; i++) shell(here, { JOB_COMPLETION_INDEX: String(i) });
  expectSameBytes(['--servers', '100', '--sweep', 'load=0.5..0.95:10'], results);
});
