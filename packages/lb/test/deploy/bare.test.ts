/** The start command in a bare environment: no variables, no rights, a folder that cannot be written to. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Backend, freePort, startBackend, until } from '../program/support.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
/** Another user has to be able to read the program. */
const asNobody =
  isRoot &&
  spawnSync(process.execPath, [MAIN, '--version'], { uid: NOBODY, gid: NOBODY, env: {} }).status ===
    0;
const hasActivation = spawnSync('systemd-socket-activate', ['--version']).status === 0;

let backend: Backend;
let folder: string;

beforeEach(async () => {
  backend = await startBackend('a');
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-'));
  chmodSync(folder, 0o555);
});

afterEach(async () => {
  await backend.stop();
  rmSync(folder, { recursive: true });
});

test('it serves and ends, without variables, without rights, in a folder that it cannot write to', async () => {
  const user = asNobody ? { uid: NOBODY, gid: NOBODY } : {};
  const args = [MAIN, '--port', '0', '--backends', backend.url, '--access-log', '--admin', '0'];
  const child = spawn(process.execPath, args, { cwd: folder, env: {}, ...user });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  await until(() => /listening on http/.test(output) || child.exitCode !== null, 'it listens');
  const url = /http:\S+/.exec(output)?.[0] ?? '';
  expect(await (await fetch(url, { headers: { connection: 'close' } })).text()).toBe('a');
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(output).toContain('"status":200');
});

test.skipIf(!hasActivation)(
  'it uses the socket that systemd has opened, over reloads too (skipped without systemd-socket-activate)',
  async () => {
    const [port, spare] = [await freePort(), await freePort()];
    const config = join(tmpdir(), `evenkeel-${process.pid}.json`);
    const write = (listen: object): void =>
      writeFileSync(config, JSON.stringify({ listen, backends: [backend.url] }));
    write({ port: 1 });
    const program = [process.execPath, MAIN, '--config', config];
    const sockets = ['-l', `127.0.0.1:${port}`, '-l', `127.0.0.1:${spare}`];
    const child = spawn('systemd-socket-activate', [...sockets, ...program]);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text;
      });
    }
    await until(() => /Listening on/.test(output), 'it is open');
    // The first connection starts the program, and waits for it.
    const url = `http://127.0.0.1:${port}/`;
    expect(await (await fetch(url, { headers: { connection: 'close' } })).text()).toBe('a');
    expect(output).toContain(`evenkeel listening on http://127.0.0.1:${port}`);
    expect(output).toContain('2 sockets were handed over for 1 listeners');
    write({ port: 2 });
    child.kill('SIGHUP');
    await until(() => output.includes('configuration read again: 1 backends, by'), 'it is read');
    expect(await (await fetch(url, { headers: { connection: 'close' } })).text()).toBe('a');
    rmSync(config);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  },
);
