/** Nothing outlives its supervisor, however that dies. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { MemberStatus } from '../src/index.ts';
import { isAlive, until } from './support.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const ARGUMENTS = ['--count', '3', '--port', '0', '--control-port', '0'];

let supervisor: ChildProcess | undefined;
afterEach(() => supervisor?.kill('SIGKILL'));

/** Starts `pnpm fleet` and returns the control API's address. */
async function start(): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...ARGUMENTS], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  supervisor = child;
  let control = '';
  for await (const line of createInterface({ input: child.stdout })) {
    control = /^control API on (.*)$/.exec(line)?.[1] ?? control;
    if (line.startsWith('fleet ready')) break;
  }
  return control;
}

async function pids(control: string): Promise<number[]> {
  const list = (await (await fetch(`${control}/backends`)).json()) as MemberStatus[];
  return list.map(({ pid }) => pid!);
}

const post = (control: string, action: string): Promise<Response> =>
  fetch(`${control}/backends/${action}`, { method: 'POST' });

test('a supervisor killed by SIGKILL takes all along: running, frozen and thawed', async () => {
  const control = await start();
  const all = await pids(control);
  await post(control, 'backend-1/freeze');
  await post(control, 'backend-2/freeze');
  await post(control, 'backend-2/thaw');
  expect(all.map(isAlive)).toEqual([true, true, true]);
  supervisor!.kill('SIGKILL');
  await until(() => !all.some(isAlive));
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends the fleet with exit code 0', async (signal) => {
  const control = await start();
  const all = await pids(control);
  await post(control, 'backend-2/freeze');
  supervisor!.kill(signal);
  expect(await once(supervisor!, 'exit')).toEqual([0, null]);
  expect(all.map(isAlive)).toEqual([false, false, false]);
});
