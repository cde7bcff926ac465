/** What the block writer promises: every line, in order, in blocks, within its bound. */

import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { BlockWriter, openBlockWriter } from './block-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

const line = (i: number): string => `line ${i} ${'x'.repeat(i % 1200)}\n`;

test('every line arrives once and in order, however many there are in all', async () => {
  const path = join(folder, 'all.log');
  const writer = await openBlockWriter(path);
  let expected = '';
  for (let i = 0; i < 20_000; i++) {
    writer.write(line(i));
    expected += line(i);
    if (i % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await writer.close();
  expect(writer.dropped).toBe(0);
  expect(readFileSync(path, 'utf8') === expected).toBe(true);
  expect(expected.length).toBeGreaterThan(10 * 1024 * 1024);
});

test('after a rotation lines go to the new file, and none is lost', async () => {
  const path = join(folder, 'rotated.log');
  const writer = await openBlockWriter(path);
  for (let i = 0; i < 1000; i++) writer.write(line(i));
  renameSync(path, `${path}.1`);
  await writer.reopen();
  writer.write('the first of the new file\n');
  await writer.close();
  expect(readFileSync(`${path}.1`, 'utf8').split('\n')).toHaveLength(1001);
  expect(readFileSync(path, 'utf8')).toBe('the first of the new file\n');
});

test('lines are handed over in blocks, not one by one', async () => {
  const blocks: string[] = [];
  const writer = new BlockWriter({
    write: async (block) => void blocks.push(block),
    reopen: async () => {},
    close: async () => {},
  });
  for (let i = 0; i < 1000; i++) writer.write(line(1));
  await writer.close();
  expect(blocks.join('')).toBe(line(1).repeat(1000));
  expect(blocks.length).toBeLessThan(5);
});

test('a sink that does not keep up costs lines, not memory', async () => {
  let accept = (): void => {};
  const stuck = new Promise<void>((resolve) => {
    accept = resolve;
  });
  let written = 0;
  const writer = new BlockWriter({
    write: async (block) => {
      await stuck;
      written += block.length;
    },
    reopen: async () => {},
    close: async () => {},
  });
  const text = `${'x'.repeat(1023)}\n`;
  for (let i = 0; i < 20_000; i++) writer.write(text);
  expect(writer.dropped).toBeGreaterThan(10_000);
  accept();
  await writer.close();
  expect(written / 1024 + writer.dropped).toBe(20_000);
  expect(written).toBeLessThan(9 * 1024 * 1024);
});

test('a write that fails costs its lines alone', async () => {
  const blocks: string[] = [];
  let isFull = true;
  const writer = new BlockWriter({
    async write(block) {
      if (isFull) throw new Error('ENOSPC');
      blocks.push(block);
    },
    reopen: async () => {},
    close: async () => {},
  });
  const long = `${'x'.repeat(20_000)}\n`;
  writer.write(long);
  await new Promise(setImmediate);
  isFull = false;
  writer.write('after\n');
  await writer.close();
  expect(writer.dropped).toBe(1);
  expect(blocks).toEqual(['after\n']);
});
