/** What the line writer promises: every line, in order, within its bound, and never a blocked thread. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { LineWriter } from './line-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PATIENCE_MS = 60_000;
const line = (i: number): string => `line ${i} ${'x'.repeat(i % 1200)}\n`;

function namedPipe(name: string): string {
  const path = join(folder, name);
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  return path;
}

test('every line arrives once and in order', async () => {
  const path = join(folder, 'all.log');
  const writer = new LineWriter(path);
  let expected = '';
  for (let i = 0; i < 4_000; i++) {
    writer.write(line(i));
    expected += line(i);
    if (i % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(await writer.close(PATIENCE_MS)).toBe(true);
  expect(writer.dropped).toBe(0);
  expect(readFileSync(path, 'utf8') === expected).toBe(true);
});

test('a line that fills no block is written all the same', async () => {
  const path = join(folder, 'one.log');
  const writer = new LineWriter(path);
  writer.write('alone\n');
  while (readFileSync(path, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 20));
  expect(readFileSync(path, 'utf8')).toBe('alone\n');
  await writer.close(PATIENCE_MS);
});

test('after a rotation lines go to the new file, and none is lost or moved', async () => {
  const path = join(folder, 'rotated.log');
  const writer = new LineWriter(path);
  for (let i = 0; i < 1000; i++) writer.write(line(i));
  renameSync(path, `${path}.1`);
  writer.reopen();
  writer.write('the first of the new file\n');
  await writer.close(PATIENCE_MS);
  while (!readFileSync(`${path}.1`, 'utf8').endsWith(line(999))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(readFileSync(`${path}.1`, 'utf8').split('\n')).toHaveLength(1001);
  expect(readFileSync(path, 'utf8')).toBe('the first of the new file\n');
});

test('a rotation that cannot open its file keeps the old one', async () => {
  const path = join(folder, 'kept.log');
  const writer = new LineWriter(path);
  renameSync(path, `${path}.1`);
  rmSync(join(folder, 'kept.log'), { force: true });
  expect(spawnSync('mkdir', [path]).status).toBe(0);
  expect(() => writer.reopen()).toThrow(/EISDIR/);
  writer.write('still here\n');
  await writer.close(PATIENCE_MS);
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('still here\n');
});

test('a reader that does not read costs lines, not memory, and does not hold up the end', async () => {
  const path = namedPipe('stuck');
  const reader = await open(path, 'r+');
  const writer = new LineWriter(path);
  const text = `${'x'.repeat(1023)}\n`;
  for (let i = 0; i < 20_000; i++) writer.write(text);
  // At most 8 MiB wait, and a pipe takes no more than 1 MiB.
  expect(writer.dropped).toBeGreaterThan(20_000 - 9 * 1024);
  expect(writer.dropped).toBeLessThan(20_000);
  expect(await writer.close(50)).toBe(false);
  await reader.close();
});

test('a named pipe that nothing reads is refused instead of waited for', () => {
  expect(() => new LineWriter(namedPipe('unread'))).toThrow(/ENXIO/);
});

test('a full disk costs the lines that find no room, and nothing else', async () => {
  const writer = new LineWriter('/dev/full');
  for (let i = 0; i < 2_000; i++) writer.write(line(i));
  expect(await writer.close(PATIENCE_MS)).toBe(false);
});

test('standard output may be a pipe that is not read: the program goes on and ends', async () => {
  const program = `
    const { LineWriter } = await import(process.argv[1]);
    const writer = new LineWriter('-');
    const text = 'x'.repeat(1023) + '\\n';
    for (let i = 0; i < 2_000; i++) writer.write(text);
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.stderr.write(String(await writer.close(50)));
    process.exit(0);
  `;
  const file = join(import.meta.dirname, 'line-writer.ts');
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (part) => {
    said += part;
  });
  const [exitCode] = await once(child, 'exit');
  expect({ exitCode, said }).toEqual({ exitCode: 0, said: 'false' });
  child.stdout.destroy();
});
