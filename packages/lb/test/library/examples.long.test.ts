/** The examples are short, and do what they say. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Backend, startBackend, until } from '../program/support.ts';

const EXAMPLES = join(import.meta.dirname, '../../../../examples');
const LINES_MAX = 40;

let backends: Backend[];
let child: ChildProcess | undefined;

beforeEach(async () => {
  backends = [await startBackend('a'), await startBackend('b')];
});

afterEach(async () => {
  if (child !== undefined && child.exitCode === null) {
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }
  await Promise.all(backends.map((backend) => backend.stop()));
});

/** Runs one; `output` grows. */
function start(name: string): { readonly output: () => string; readonly ended: Promise<unknown> } {
  const urls = backends.map(({ url }) => url);
  const started = spawn(process.execPath, [join(EXAMPLES, name), ...urls]);
  child = started;
  let output = '';
  for (const stream of [started.stdout, started.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  return { output: () => output, ended: once(started, 'close') };
}

async function startServer(name: string): Promise<{ url: string; end(): Promise<void> }> {
  const { output, ended } = start(name);
  await until(() => /listening on/.test(output()), 'it listens');
  const url = /http:\S+/.exec(output())?.[0] ?? '';
  return {
    url,
    async end() {
      child?.kill('SIGTERM');
      expect(await ended, output()).toEqual([0, null]);
    },
  };
}

const get = async (url: string): Promise<string> =>
  (await fetch(url, { headers: { connection: 'close' } })).text();

test('each is at most 40 lines long', () => {
  const names = readdirSync(EXAMPLES).filter((name) => name.endsWith('.ts'));
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) {
    const lines = readFileSync(join(EXAMPLES, name), 'utf8').trimEnd().split('\n');
    expect(lines.length, name).toBeLessThanOrEqual(LINES_MAX);
  }
});

test.each(['library.ts', 'own-strategy.ts'])('%s balances', async (name) => {
  const { url, end } = await startServer(name);
  const answers = new Set<string>();
  await until(async () => answers.add(await get(url)).size === 2, 'both have answered');
  await end();
});

test('express-middleware.ts answers itself, and forwards below its path', async () => {
  const { url, end } = await startServer('express-middleware.ts');
  expect(await get(url)).toBe('answered here');
  expect(await get(`${url}/api/x`)).toMatch(/^[ab]$/);
  expect(JSON.parse(await get(`${url}/status`))).toHaveLength(2);
  await end();
});

test('client-side.ts asks, and ends by itself', async () => {
  const { output, ended } = start('client-side.ts');
  expect(await ended, output()).toEqual([0, null]);
  expect(output()).toMatch(/^(200 [ab]\n){4}$/);
});
