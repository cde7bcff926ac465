/** A file of backends: what is read, what is refused, and when it is looked at again. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fileFinder } from './file-finder.ts';
import type { DiscoveryError } from './finder.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'backends.yaml');
const { signal } = new AbortController();

async function idsIn(text: string): Promise<string[]> {
  writeFileSync(path, text);
  const { backends } = await fileFinder(path).find(signal);
  return backends.map(({ id, weight }) => `${id} ${weight}`);
}

async function failure(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(String, (reason: DiscoveryError) => reason);
  if (typeof error === 'string') throw new Error(`it was read: ${error}`);
  return `${error.kind}: ${error.message.replaceAll(folder, '')}`;
}

const WHOLE = `- http://127.0.0.1:9001
- { url: http://127.0.0.1:9002, id: b, weight: 3 }
- url: http://127.0.0.1:9003
  id: c
`;

test('YAML and JSON, with the keys of a backend', async () => {
  expect(await idsIn(WHOLE)).toEqual(['127.0.0.1:9001 1', 'b 3', 'c 1']);
  expect(await idsIn('[http://a:1, http://b:2]')).toEqual(['a:1 1', 'b:2 1']);
  expect(await idsIn(JSON.stringify([{ url: 'http://a:1', weight: 2 }]))).toEqual(['a:1 2']);
});

test('no beginning of a file is taken for the file, unless it ends where a line does', async () => {
  const json = JSON.stringify(['http://a:1', { url: 'http://b:2' }]);
  const cut = [...json].map((_, i) => json.slice(0, i));
  const lines = [...WHOLE].map((_, i) => WHOLE.slice(0, i)).filter((text) => !/\n$/.test(text));
  for (const text of [...cut, ...lines].filter((_, i) => i % 7 === 0)) {
    expect(await failure(idsIn(text)), text).toMatch(/^(partial|invalid|empty)/);
  }
});

test('what is no list of backends is refused, with its place', async () => {
  expect(await failure(idsIn('backends: []\n'))).toMatch(/^invalid: 1:1: the whole must be a list/);
  expect(await failure(idsIn('- http://a:1\n- url: ftp://b\n'))).toBe(
    'invalid: 2:3: [1].url must be http://host:port, tcp://host:port or unix:/path, got "ftp://b"',
  );
  expect(await failure(idsIn('- http://a:1\n- http://a:1\n'))).toBe(
    'invalid: id a:1 is given twice',
  );
  expect(await failure(idsIn('- "\n'))).toMatch(/^invalid: 2:1: not valid YAML/);
  expect(await failure(idsIn(''))).toBe('empty: the file is empty');
  expect(await failure(idsIn('[]'))).toMatch(/^empty/);
  expect(await failure(idsIn(`${' '.repeat(1024 * 1024)}[]`))).toMatch(/^invalid: .* at most/);
});

test('what cannot be read is told, and a pipe without a writer is not waited for', async () => {
  expect(await failure(fileFinder(join(folder, 'gone')).find(signal))).toBe(
    'unreadable: cannot read /gone: no such file',
  );
  expect(await failure(fileFinder(folder).find(signal))).toMatch(/^unreadable/);
  const pipe = join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);
  expect(await failure(fileFinder(pipe).find(signal))).toBe('unreadable: /pipe is no regular file');
});

test('writing it, putting another in its place, and the link of Kubernetes are noticed', async () => {
  const watched = join(folder, 'watched.json');
  let news: (() => void) | undefined;
  const stop = fileFinder(watched).watch?.(() => news?.());
  const noticed = async (change: () => void): Promise<void> => {
    const told = new Promise<void>((resolve) => {
      news = resolve;
    });
    change();
    await told;
  };
  await noticed(() => writeFileSync(watched, '[]'));
  writeFileSync(join(folder, 'new'), '[]');
  await noticed(() => renameSync(join(folder, 'new'), watched));
  await noticed(() => symlinkSync('x', join(folder, '..data')));
  stop?.();
});

test('a folder that is not there is no error', () => {
  fileFinder('/no/such/folder/file').watch?.(() => {})();
});

test('an item has the settings of its source where it says nothing itself', async () => {
  const path = join(folder, 'settings.yaml');
  writeFileSync(path, '- http://a:1\n- { url: http://b:1, maxConnections: 9 }\n');
  const finder = fileFinder(path, 'http', { maxConnections: 5, backup: true });
  const { backends } = await finder.find(new AbortController().signal);
  expect(backends).toMatchObject([
    { maxConnections: 5, backup: true },
    { maxConnections: 9, backup: true },
  ]);
});

test('a loop of links, and a folder in the place of the file, are no list', async () => {
  const path = join(folder, 'loop.yaml');
  symlinkSync(path, path);
  const signal = new AbortController().signal;
  expect(await failure(fileFinder(path).find(signal))).toBe(
    'unreadable: cannot read /loop.yaml: ELOOP',
  );
});
