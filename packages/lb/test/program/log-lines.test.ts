/** What the program writes in a busy life: each line is JSON with a time and a level, and at debug level each attempt has one. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import {
  type Backend,
  Folder,
  freePort,
  killPrograms,
  startBackend,
  startProgram,
  until,
} from './support.ts';

const folder = new Folder();
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'];

let a: Backend;
let b: Backend;

afterEach(async () => {
  await killPrograms();
  await Promise.all([a.stop(), b.stop()]);
});

afterAll(() => folder.remove());

interface Line {
  readonly time: string;
  readonly level: string;
  readonly msg: string;
}

interface Entry {
  readonly target: string;
  readonly tries: readonly {
    readonly backend: string;
    readonly outcome: string;
    readonly connectMs: number | null;
  }[];
}

test('reloads, an operator, a backend that dies, requests that fail, and the end', async () => {
  [a, b] = [await startBackend('a'), await startBackend('b')];
  const dead = await freePort();
  const accessLog = join(folder.path, 'access.log');
  const configured = (more: object): object => ({
    backends: [
      { url: a.url, id: 'a' },
      { url: b.url, id: 'b' },
      { url: `http://127.0.0.1:${dead}`, id: 'dead' },
    ],
    ...{
      health: 'off',
      accessLog,
      admin: { listen: '0' },
      log: { level: 'debug', format: 'json' },
    },
    ...{ passive: { consecutiveFailures: 2 }, limits: { targetBytes: 100 }, ...more },
  });
  const config = folder.write('lb.json', configured({}));
  const program = await startProgram(['--config', config, '--port', '0']);
  const get = async (path: string): Promise<number> => (await fetch(program.url + path)).status;
  const lines = (): Line[] =>
    program.stderr
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  const told = (text: string): Promise<void> =>
    until(() => lines().some(({ msg }) => msg.includes(text)), `"${text}" is told`);

  for (let i = 0; i < 9; i++) expect(await get(`/${i}`)).toBe(200);
  await told('backend dead: ');
  expect(await get(`/${'x'.repeat(100)}`)).toBe(414);
  b.behave = ({ socket }) => socket.destroy();
  for (let i = 10; i < 14; i++) await get(`/${i}?\u001b[1m`);
  folder.write('lb.json', '{ not: [ json');
  program.process.kill('SIGHUP');
  await told('nothing was changed');
  folder.write('lb.json', configured({ strategy: 'least-connections', log: { level: 'info' } }));
  program.process.kill('SIGHUP');
  await told('configuration read again');
  await told('needs a restart');
  const admin = /admin listening on (\S+?)"/.exec(program.stderr)?.[1] ?? '';
  const body = JSON.stringify({ state: 'drain', weight: 3 });
  await fetch(`${admin}/backends/a`, { method: 'PATCH', body });
  await told('by the admin API');
  program.process.kill('SIGTERM');
  expect(await program.exitCode).toBe(0);

  for (const { time, level, msg } of lines()) {
    expect(new Date(time).toISOString()).toBe(time);
    expect(LEVELS).toContain(level);
    expect(msg).not.toBe('');
  }
  expect(new Set(lines().map(({ level }) => level))).toEqual(
    new Set(['error', 'warn', 'info', 'debug']),
  );

  const entries = readFileSync(accessLog, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);
  const expected = entries.flatMap(({ target, tries }) =>
    tries.map(({ backend, outcome, connectMs }) => {
      const connected = connectMs === null ? '' : `connected in ${connectMs.toFixed(1)} ms`;
      return [backend, outcome, connected, target].join(' ');
    }),
  );
  const attempts = lines().flatMap(({ level, msg }) => {
    const [, backend, outcome, rest = '', target] =
      /^attempt at (\S+) of service default: ([\w:-]+), (.*): GET (\S+) \S+$/.exec(msg) ?? [];
    if (backend === undefined) return [];
    expect(level).toBe('debug');
    return [[backend, outcome, /connected in [\d.]+ ms/.exec(rest)?.[0] ?? '', target].join(' ')];
  });
  expect(attempts).toEqual(expected);
  expect(attempts.some((line) => line.startsWith('dead connect-refused  /'))).toBe(true);
  expect(attempts.some((line) => line.startsWith('b response-reset connected in'))).toBe(true);
});
