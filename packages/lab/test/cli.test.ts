/** `pnpm lab` as it is typed: what is wrong is told in one line; what is right listens, or is written. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadScenario, writeReplay } from '@evenkeel/sim';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { runCli } from '../src/cli.ts';
import { serveLab } from '../src/server.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-lab-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

/** Runs it here; what it wrote is caught. */
async function run(...args: string[]): Promise<{ code: number; error: string; output: string }> {
  const caught = { stderr: '', stdout: '' };
  for (const name of ['stderr', 'stdout'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      caught[name] += text;
      return true;
    });
  }
  const code = await runCli(args);
  return { code, error: caught.stderr, output: caught.stdout };
}

describe('what is wrong is told in one line, with the exit code of bad usage', () => {
  test.each([
    [['--port', '65536'], /--port.*'65536'.*whole number from 0 to 65535/],
    [['--port', '-1'], /--port/],
    [['--port', '1e3'], /--port.*'1e3'/],
    [['--scenario', 'nope'], /scenario must be a file or one of .*one-dies.*, got "nope"/],
    [['--scenario', 'one-dies', '--strategies', 'a,b,c,d,e'], /--strategies.*at most 4/],
    [['--scenario', 'one-dies', '--strategies', 'nope'], /--strategies.*nope/],
    [['--scenario', 'one-dies', '--seed', '-1'], /--seed.*whole number/],
    [['--scenario', 'one-dies', '--at', ' '], /--at.*time in milliseconds/],
    [
      ['--scenario', 'one-dies', '--strategies', 'file:/none/such.ts'],
      /file:\/none\/such\.ts: cannot be bundled: .*such\.ts/,
    ],
    [['--strategies', 'random'], /--strategies needs --scenario/],
    [['--at', '5'], /--at needs --scenario/],
    [['--replay', 'x', '--scenario', 'one-dies'], /--scenario cannot be used with --replay/],
    [['--replay', 'x', '--at', '5'], /--at cannot be used with --replay/],
    [['--replay', '/none/such'], /--replay \/none\/such: cannot be read \(ENOENT\)/],
    [['--unheard'], /unknown option '--unheard'/],
    [['extra'], /too many arguments/],
  ])('%j', async (args, line) => {
    const { code, error, output } = await run(...args);
    expect(error).toMatch(line);
    expect(error.trimEnd().split('\n')).toHaveLength(1);
    expect([code, output]).toEqual([2, '']);
  });

  test.each([
    ['text', /is not JSON/],
    ['[]', /the file must be a mapping, got \[\]/],
    ['{"schema":"evenkeel.lab/2"}', /schema must be evenkeel\.lab\/1, got "evenkeel\.lab\/2"/],
    ['{"schema":"evenkeel.lab/1","scenario":{"name":"x"}}', /scenario.*title|fleet/],
    [
      '{"schema":"evenkeel.lab/1","steps":{"title":"t","law":"l","steps":7}}',
      /steps\.steps must be a list/,
    ],
  ])('--replay of a file with %s', async (text, line) => {
    const path = join(folder, 'wrong.json');
    await writeFile(path, text);
    const { code, error } = await run('--replay', path);
    expect(error).toMatch(line);
    expect(error).toContain(path);
    expect(error.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });
});

test('--help has an example of each use', async () => {
  const { code, output } = await run('--help');
  expect(output).toMatch(/pnpm lab --replay failure\.json[\s\S]*pnpm lab --build public/);
  expect(code).toBe(0);
});

test('a port that is taken, and a folder that is a file, are named', async () => {
  await using stack = new AsyncDisposableStack();
  const other = await serveLab('', 0);
  stack.defer(() => other.close());
  const { port } = new URL(other.url);
  expect(await run('--port', port, '--no-open')).toEqual({
    code: 1,
    error: `error: --port ${port}: cannot be listened on: another program uses it\n`,
    output: '',
  });
  vi.restoreAllMocks();
  const file = join(folder, 'file');
  await writeFile(file, '');
  expect(await run('--build', file)).toEqual({
    code: 1,
    error: `error: --build ${file}: cannot be written: it is a file\n`,
    output: '',
  });
});

test('a strategy in a file goes into the page as code, from the line that a traced run prints too', async () => {
  const mine = join(folder, 'my own.ts');
  await writeFile(
    mine,
    `import type { StrategyFactory } from '@evenkeel/core';
     const first: StrategyFactory = () => ({ pick: (candidates) => candidates[0]! });
     export default first;`,
  );
  const path = join(folder, 'trace.lab.json');
  const line = writeReplay(path, {
    scenario: loadScenario('one-dies'),
    seed: 3,
    strategies: ['random', `file:${mine}`],
  });
  expect(line).toBe(`pnpm lab --replay ${path}`);
  expect(await run('--replay', path, '--build', join(folder, 'own'))).toMatchObject({ code: 0 });
  const html = await readFile(join(folder, 'own', 'index.html'), 'utf8');
  const [, start = ''] = /id="start">([^<]*)</.exec(html) ?? [];
  const [chance, own] = JSON.parse(start).strategies;
  expect(chance).toBe('random');
  expect(own.name).toBe('my own.ts');
  const factory = new Function(own.code)();
  expect(factory({}).pick(['a', 'b'])).toBe('a');
});

test('it listens, says where in one line, serves the scenario asked for, and ends when told to', async () => {
  const args = [MAIN, '--no-open', '--scenario', 'one-dies', '--seed', '7', '--at', '1500'];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
    const [, url] = /^lab on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(line) ?? [];
    const html = await (await fetch(url ?? '')).text();
    const [, start] = /id="start">([^<]*)</.exec(html) ?? [];
    expect(JSON.parse(start ?? '')).toMatchObject({
      scenario: { name: 'one-dies', seed: 7 },
      strategies: ['round-robin', 'power-of-two'],
      atMs: 1500,
    });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

test('--build writes one file, from any folder, and asks no network for anything', async () => {
  // Node's own permissions: files and the bundler's process, but no network.
  const may = ['--permission', '--allow-fs-read=*', '--allow-fs-write=*', '--allow-child-process'];
  const args = [...may, MAIN, '--build', 'a/b'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  expect(stdout).toBe('wrote a/b/index.html\n');
  const html = await readFile(join(folder, 'a/b/index.html'), 'utf8');
  expect(html).toContain("connect-src 'none'");
  expect(html).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="(?!data:)/);
});
