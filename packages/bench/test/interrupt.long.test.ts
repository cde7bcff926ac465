/** Ctrl-C: the command ends, and what was measured until then is written. */

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseResults } from '@evenkeel/report';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const BRISK = fileURLToPath(new URL('./scenarios/brisk.yaml', import.meta.url));

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'evenkeel-bench-test-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the bench and interrupts it as soon as it says `when`; resolves with its exit code. */
async function interrupted(when: RegExp, out: string): Promise<{ code: number | null }> {
  const args = ['bench', '--scenario', BRISK, '--strategies', 'round-robin', '--rounds', '500'];
  const child = spawn(process.execPath, [MAIN, ...args, '--subjects', 'direct', '--out', out], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    const before = when.test(text);
    text += chunk;
    if (!before && when.test(text)) child.kill('SIGINT');
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code };
}

describe('an interrupted bench', () => {
  it('keeps the rounds that were finished', async () => {
    const out = join(dir, 'kept');
    const { code } = await interrupted(/round 2 of 500 done/, out);
    expect(code).toBe(130);
    const results = parseResults(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')));
    expect(results.interrupted).toBe(true);
    expect(results.verdict.text).toMatch(/^interrupted; until then: /);
    expect(results.comparisons).toHaveLength(1);
    const rounds = results.runs.filter(({ strategy }) => strategy === 'own').map((r) => r.round);
    expect(rounds.slice(0, 2)).toEqual([1, 2]);
    expect(rounds.length).toBeLessThan(10);
    expect(existsSync(join(out, 'report.html'))).toBe(true);
  });

  it('writes nothing where nothing had been measured', async () => {
    const out = join(dir, 'nothing');
    const { code } = await interrupted(/calibration/, out);
    expect(code).toBe(130);
    // It may have come to a round before the interrupt was heard, but never writes an empty report.
    if (existsSync(out)) {
      const results = parseResults(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')));
      expect(results.runs).not.toEqual([]);
    }
  });
});
