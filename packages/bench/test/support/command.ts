/** Runs the bench's command line as a user would, and collects what it says. */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseResults, type Results } from '@evenkeel/report';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Resolves when the command has ended. */
export async function runCommand(...args: string[]): Promise<Finished> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

export interface Reported extends Finished {
  readonly results: Results;
  /** The HTML of its report. */
  readonly page: string;
}

/** As `runCommand`, with the results that it wrote, checked against their schema. */
export async function runForResults(...args: string[]): Promise<Reported> {
  const dir = mkdtempSync(join(tmpdir(), 'evenkeel-bench-test-'));
  try {
    const finished = await runCommand(...args, '--out', dir);
    const text = readFileSync(join(dir, 'results.json'), 'utf8');
    const page = readFileSync(join(dir, 'report.html'), 'utf8');
    return { ...finished, results: parseResults(JSON.parse(text)), page };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The command line of the deliberately bad proxy, as a subject. */
export function badProxy(name: string, flags: string): string {
  const file = fileURLToPath(new URL('./bad-proxy.ts', import.meta.url));
  return `cmd:${name}:${process.execPath} ${file} ${flags} # {port}`;
}
