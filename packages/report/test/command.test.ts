import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseResults, renderReport, writeReport } from '../src/index.ts';
import { sampleResults } from './support/sample.ts';

const MAIN = new URL('../src/main.ts', import.meta.url).pathname;

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'evenkeel-report-'));
});
afterAll(() => rm(dir, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function report(...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

describe('writeReport', () => {
  test('makes the folder, and writes figures that can be read back beside their page', async () => {
    const to = join(dir, 'new', 'folder');
    const { htmlPath, jsonPath } = await writeReport(sampleResults(), to);
    expect(parseResults(JSON.parse(await readFile(jsonPath, 'utf8')))).toEqual(sampleResults());
    expect(await readFile(htmlPath, 'utf8')).toBe(renderReport(sampleResults()));
  });
});

describe('the command', () => {
  test('draws the same page again', async () => {
    const { htmlPath, jsonPath } = await writeReport(sampleResults(), join(dir, 'again'));
    const original = await readFile(htmlPath, 'utf8');
    const outDir = join(dir, 'elsewhere');
    expect(await report(jsonPath, '--out', outDir)).toEqual({
      code: 0,
      stdout: `${join(outDir, 'report.html')}\n`,
      stderr: '',
    });
    expect(await readFile(join(outDir, 'report.html'), 'utf8')).toBe(original);
  });

  test('explains itself', async () => {
    const { code, stdout } = await report('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('example: ');
  });

  test.each<[string, () => Promise<readonly string[]>, string]>([
    ['no file', async () => [], 'RESULTS: 0 files given'],
    ['two files', async () => ['a', 'b'], 'RESULTS: 2 files given'],
    ['an unknown flag', async () => ['a', '--foo'], "'--foo'"],
    ['a missing file', async () => [join(dir, 'none.json')], 'none.json: cannot be read'],
    ['no JSON', async () => [await file('x.json', '{')], 'x.json: not JSON'],
    ['another format', async () => [await file('y.json', '{"schema":1}')], 'y.json: schema: '],
    ['a broken histogram', async () => [await file('z.json', garbled())], 'z.json: histogram: '],
    [
      'a folder that is a file',
      async () => [await file('ok.json', JSON.stringify(sampleResults())), '--out', MAIN],
      'cannot be drawn into',
    ],
  ])('given %s, says so in one line and exits 2', async (_, args, message) => {
    const { code, stdout, stderr } = await report(...(await args()));
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, text);
  return path;
}

function garbled(): string {
  const runs = sampleResults().runs.map((run) => ({ ...run, histogram: 'AAAA' }));
  return JSON.stringify({ ...sampleResults(), runs });
}
