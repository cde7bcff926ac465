/** The file of a Unix socket: never more open than it is meant to be, and never another process's. */

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ListeningSocket } from './listening-socket.ts';
import { listenPrivately, removeStaleSocket } from './unix-socket.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-'));
afterAll(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('at no moment may more users connect than are meant to, whatever the umask', async () => {
  const path = join(folder, 'private.sock');
  const server = createServer();
  const before = process.umask(0);
  let asBound = 0;
  try {
    await listenPrivately(path, 0o660, async () => {
      server.listen({ path });
      asBound = modeOf(path);
      await once(server, 'listening');
    });
  } finally {
    expect(process.umask(before)).toBe(0);
  }
  expect(asBound & 0o077).toBe(0);
  expect(modeOf(path)).toBe(0o660);
  server.close();
});

test('a listening socket is bound so where permissions are given, and by the umask where none are', async () => {
  const path = join(folder, 'given.sock');
  const masks: (string | number | undefined)[] = [];
  const { umask } = process;
  process.umask = ((mask?: number) => {
    masks.push(mask);
    return umask(mask ?? umask(0));
  }) as typeof umask;
  try {
    (await ListeningSocket.open({ host: '', port: 0, unix: path }, { socketMode: 0o600 })).close();
    expect(masks[0]).toBe(0o177);
    masks.length = 0;
    (await ListeningSocket.open({ host: '', port: 0, unix: path })).close();
    expect(masks).toEqual([]);
  } finally {
    process.umask = umask;
  }
  expect(existsSync(path)).toBe(false);
});

test('a dead socket makes room; one that is replaced while it is looked at stays', async () => {
  const path = join(folder, 'stale.sock');
  const die = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', die]);
  const looking = removeStaleSocket(path);
  // Another process was quicker.
  rmSync(path);
  const server = createServer().listen(path);
  await looking;
  expect(existsSync(path)).toBe(true);
  server.close();
  await once(server, 'close');
  spawnSync(process.execPath, ['-e', die]);
  await removeStaleSocket(path);
  expect(existsSync(path)).toBe(false);
});
