/** Restarts under load behind a socket that stays open, as systemd keeps it: no connection is refused. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Backend, startBackend, until } from '../program/support.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const hasPython = spawnSync('python3', ['--version']).status === 0;

/** Opens a port and runs the program behind it, again whenever it ends: the part of systemd that matters here. */
const SUPERVISOR = `
import os, socket, sys
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(1024)
print('port', s.getsockname()[1], flush=True)
for _ in range(11):
    pid = os.fork()
    if pid == 0:
        os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1')
        os.execv(sys.argv[1], sys.argv[1:])
    print('pid', pid, flush=True)
    os.waitpid(pid, 0)
`;

let backend: Backend | undefined;
let child: ChildProcess | undefined;
let output = '';

const lastPid = (): number => Number([...output.matchAll(/pid (\d+)/g)].at(-1)?.[1]);

afterEach(async () => {
  await backend?.stop();
  if (child === undefined || child.exitCode !== null) return;
  child.kill('SIGKILL');
  process.kill(lastPid(), 'SIGKILL');
  await once(child, 'close');
});

test.skipIf(!hasPython)(
  'ten restarts refuse no connection and fail no request (skipped without python3)',
  async () => {
    backend = await startBackend('a');
    const program = [process.execPath, MAIN, '--backends', backend.url];
    child = spawn('python3', ['-c', SUPERVISOR, ...program]);
    output = '';
    child.stdout?.on('data', (text) => {
      output += text;
    });
    await until(() => /listening on/.test(output), 'it runs');
    const url = `http://127.0.0.1:${/port (\d+)/.exec(output)?.[1]}/`;
    const starts = (): number => output.split('listening on').length - 1;
    const failures: unknown[] = [];
    let isRunning = true;
    let answered = 0;
    const clients = Array.from({ length: 8 }, async () => {
      while (isRunning) {
        try {
          const response = await fetch(url, { headers: { connection: 'close' } });
          if ((await response.text()) !== 'a') failures.push(response.status);
          answered += 1;
        } catch (error) {
          failures.push((error as Error).cause);
        }
      }
    });
    for (let restart = 1; restart <= 10; restart++) {
      const before = answered;
      await until(() => answered > before + 20, 'it works');
      process.kill(lastPid(), 'SIGTERM');
      await until(() => starts() > restart, 'it runs again');
    }
    isRunning = false;
    await Promise.all(clients);
    expect(failures).toEqual([]);
  },
);
