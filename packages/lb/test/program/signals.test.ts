/** Signals that rotate logs, signals that do nothing, and an end that waits for no reader of a log. */

import type { ChildProcess } from 'node:child_process';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Backend,
  Folder,
  freePort,
  isClosed,
  killPrograms,
  startBackend,
  startProgram,
  until,
} from './support.ts';

const folder = new Folder();
let a: Backend;

beforeEach(async () => {
  a = await startBackend('a');
});

afterEach(async () => {
  await killPrograms();
  await a.stop();
});

afterAll(() => folder.remove());

async function get(url: string): Promise<string> {
  return (await fetch(url, { headers: { connection: 'close' } })).text();
}

test('SIGUSR1 reopens the log and does nothing else, whatever the file says now; SIGUSR2 does nothing', async () => {
  const accessLog = join(folder.path, 'access.log');
  const admin = `127.0.0.1:${await freePort()}`;
  const config = {
    listen: { port: 0 },
    admin: { listen: admin },
    accessLog,
    backends: [{ url: a.url, id: 'a' }],
  };
  const file = folder.write('lb.json', config);
  const program = await startProgram(['--config', file, '--log-format', 'json']);
  await until(async () => (await get(program.url)) === 'a', 'it serves');
  const patch = { method: 'PATCH', body: '{"weight": 7}' };
  await fetch(`http://${admin}/backends/a`, patch);
  await until(() => readFileSync(accessLog, 'utf8') !== '', 'the line is written');
  const before = readFileSync(accessLog, 'utf8');

  folder.write('lb.json', 'nonsense: {');
  renameSync(accessLog, `${accessLog}.1`);
  program.process.kill('SIGUSR2');
  program.process.kill('SIGUSR1');
  const isReopened = async (): Promise<boolean> => {
    await get(program.url);
    try {
      return readFileSync(accessLog, 'utf8') !== '';
    } catch {
      return false;
    }
  };
  await until(isReopened, 'lines go to the new file');
  expect(readFileSync(`${accessLog}.1`, 'utf8').startsWith(before)).toBe(true);
  const backend = await (await fetch(`http://${admin}/backends/a`)).json();
  expect(backend).toMatchObject({ weight: 7 });
  expect(program.stderr).not.toMatch(/[Dd]ebugger|nothing was changed|read again/);
  program.process.kill('SIGTERM');
  expect(await program.exitCode).toBe(0);
});

for (const signal of ['SIGUSR1', 'SIGUSR2'] as const) {
  test.skipIf(process.platform !== 'linux')(
    `${signal} during the start neither ends the program nor leaves a debugger open`,
    async () => {
      const args = ['--port', '0', '--backends', a.url];
      const program = await startProgram(args, {}, (child) => send(signal, child));
      expect(await get(program.url)).toBe('a');
      const debuggerUrl = /Debugger listening on ws:\/\/([^/]+)/.exec(program.stderr)?.[1];
      if (debuggerUrl !== undefined) {
        // Node itself was quicker than the first line of ours; it is closed again.
        await until(() => isClosed(`http://${debuggerUrl}`), 'the debugger is closed');
      }
      program.process.kill('SIGTERM');
      expect(await program.exitCode).toBe(0);
    },
  );
}

/** Again and again from the moment at which the signal has a handler, Node's own or ours. */
async function send(signal: NodeJS.Signals, child: ChildProcess): Promise<void> {
  const bit = BigInt(1) << BigInt((signal === 'SIGUSR1' ? 10 : 12) - 1);
  const isCaught = (): boolean => {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return (BigInt(`0x${/SigCgt:\s*(\w+)/.exec(status)?.[1] ?? '0'}`) & bit) !== BigInt(0);
  };
  await until(isCaught, 'the signal is caught');
  for (let i = 0; i < 20 && child.exitCode === null; i++) {
    child.kill(signal);
    await sleep(20);
  }
}

test('an end by the drain timeout does not wait for a reader of the access log', async () => {
  const args = ['--port', '0', '--log-level', 'silent', '--access-log', '-'];
  const program = await startProgram([...args, '--backends', a.url, '--drain-timeout', '100']);
  program.process.stdout?.pause();
  // More than a pipe and its two ends hold.
  const long = `${program.url}/${'x'.repeat(4000)}`;
  for (let i = 0; i < 400; i++) await get(long);
  program.process.kill('SIGTERM');
  expect(await new Promise((resolve) => program.process.on('exit', resolve))).toBe(0);
});
