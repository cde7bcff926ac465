/** `--strategy-file`: live traffic is balanced by a module of the user's own. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { loadStrategyFile } from '../../src/strategy-file.ts';
import { killPrograms, startBackend, startProgram } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'strategy-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const LAST =
  'export default () => ({ pick: (candidates: readonly unknown[]) => candidates.at(-1) });';

/** What `evenkeel check` says, and its exit code. */
async function check(...args: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  const config = file('evenkeel.yaml', 'backends: [http://127.0.0.1:1]\n');
  const streams = { stdout: { write }, stderr: { write } };
  const code = await runCli({
    ...streams,
    args: ['check', '--config', config, ...args],
    environment: {},
  });
  return { code, text };
}

describe('a strategy file', () => {
  test('is a strategy like any other, with a key if it exports one', async () => {
    const path = file('my strategy.ts', `${LAST}\nexport const key = { header: 'x-user' };\n`);
    expect(loadStrategyFile(path)).toMatchObject({
      name: 'file:my_strategy.ts',
      key: { header: 'x-user' },
    });
    expect(await check('--strategy-file', path)).toMatchObject({ code: 0 });
  });

  test.each([
    ['absent.ts', undefined, /cannot be loaded: Cannot find module/],
    ['enum.ts', 'enum A { B }\nexport default A;', /cannot be loaded: .*enum/],
    ['throws.ts', 'throw new Error("on loading");', /cannot be loaded: on loading/],
    ['nothing.ts', 'export const a = 1;', /default export must be a strategy factory; it has none/],
    ['key.ts', `${LAST}\nexport const key = 7;`, /the export "key" must be 'ip', .* got 7/],
  ])('%s that cannot be used is refused in one line', async (name, text, says) => {
    const path = text === undefined ? join(folder, name) : file(name, text);
    const { code, text: said } = await check('--strategy-file', path);
    expect(code).toBe(2);
    expect(said).toMatch(says);
    expect(said.trim().split('\n')).toHaveLength(1);
  });

  test('and --strategy exclude each other', async () => {
    const { code, text } = await check(
      '--strategy-file',
      file('last.ts', LAST),
      '--strategy',
      'random',
    );
    expect([code, text]).toEqual([
      2,
      '--strategy and --strategy-file: expected one of the two, got both\n',
    ]);
  });

  test('routes live traffic', async () => {
    const backends = [await startBackend('a'), await startBackend('b')];
    const urls = backends.map(({ url }) => url).join(';');
    const args = ['--port', '0', '--log-level', 'silent', '--strategy-file', file('last.ts', LAST)];
    const { url } = await startProgram([...args, '--backends', urls]);
    const answers = await Promise.all([0, 1, 2].map(async () => (await fetch(url)).text()));
    expect(answers).toEqual(['b', 'b', 'b']);
    await killPrograms();
    await Promise.all(backends.map((backend) => backend.stop()));
  });
});
