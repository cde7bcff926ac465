/** `evenkeel admin` against a running process: what it shows and changes, and one line for each way to fail. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli.ts';
import {
  type Backend,
  Folder,
  freePort,
  killPrograms,
  type Program,
  type Run,
  run,
  startBackend,
  startProgram,
  until,
} from './support.ts';

const TOKEN = 'a-long-token';
const folder = new Folder();
let backend: Backend;
let program: Program;
let url: string;

beforeAll(async () => {
  backend = await startBackend('a');
  const config = folder.write('lb.yaml', {
    listen: { port: 0 },
    backends: [{ url: backend.url, id: 'a' }],
    health: 'off',
    admin: { listen: '0', token: TOKEN },
  });
  program = await startProgram(['--config', config, '--log-format', 'json']);
  await until(() => program.stderr.includes('admin listening'), 'the admin API listens');
  url = /admin listening on (http:[^"\s]+)/.exec(program.stderr)?.[1] ?? '';
});

afterAll(async () => {
  await killPrograms();
  await backend.stop();
  folder.remove();
});

/** The command line within this process. */
async function admin(args: readonly string[], environment = {}, isTTY = false): Promise<Run> {
  const output = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof output) => ({
    isTTY,
    write: (text: string) => {
      output[name] += text;
    },
  });
  const streams = { stdout: stream('stdout'), stderr: stream('stderr') };
  return {
    exitCode: await runCli({ args: ['admin', ...args], environment, ...streams }),
    ...output,
  };
}

const withToken = (...args: string[]): Promise<Run> =>
  admin([...args, '--url', url, '--token', TOKEN]);

test('lists the backends as a table, coloured on a terminal alone', async () => {
  await (await fetch(program.url)).text();
  const { exitCode, stdout } = await withToken('backends');
  const [headings = '', line = ''] = stdout.trimEnd().split('\n');
  expect(headings).toMatch(/^SERVICE +BACKEND +STATE +FOR +WEIGHT +IN FLIGHT +REQUESTS +FAILURES/);
  expect(line).toMatch(/^default +a +ready +\d+s +1 +0 +1 +0 /);
  expect(exitCode).toBe(0);
  const onTerminal = await admin(['backends', '--url', url, '--token', TOKEN], {}, true);
  expect(onTerminal.stdout).toContain('\u001b[32mready');
  const noColour = await admin(
    ['backends', '--url', url, '--token', TOKEN],
    { NO_COLOR: '1' },
    true,
  );
  expect(noColour.stdout).not.toContain('\u001b');
});

test('drains a backend and makes it ready, by its weight too', async () => {
  expect((await withToken('drain', 'a')).stdout).toMatch(
    /^a of service default: drain, weight 1, /,
  );
  expect((await fetch(program.url)).status).toBe(503);
  expect((await withToken('ready', 'a')).stdout).toMatch(/: ready, weight 1, 0 in flight\n$/);
  expect((await withToken('weight', 'a', '0')).stdout).toMatch(/: drain, weight 0, /);
  const { stdout } = await withToken('weight', 'a', '2.5', '--json', '-');
  expect(JSON.parse(stdout)).toMatchObject({ id: 'a', state: 'ready', weight: 2.5 });
  const back = await withToken('weight', 'a', 'default', '--json', '-');
  expect(JSON.parse(back.stdout)).toMatchObject({ weight: 1, overrides: { state: 'ready' } });
  expect((await fetch(program.url)).status).toBe(200);
});

test('reloads, and says what is wrong with a file that cannot be used', async () => {
  expect(await withToken('reload')).toMatchObject({
    exitCode: 0,
    stdout: 'configuration read again, 1 backends\n',
  });
  folder.write('lb.yaml', { backends: [], listen: { port: 0 } });
  expect(await withToken('reload')).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringMatching(/^evenkeel: \S*lb\.yaml.*backends.*\n$/),
  });
});

test('the address and the token come from flags, from the file or from the environment', async () => {
  const file = folder.write('admin.json', { admin: { listen: new URL(url).host, token: TOKEN } });
  const tokenFile = folder.write('token', `${TOKEN}\n`);
  const { port } = new URL(url);
  for (const [args, environment] of [
    [['--config', file], {}],
    [['--url', port], { ADMIN_TOKEN_FILE: tokenFile }],
    [[], { ADMIN: port, ADMIN_TOKEN: TOKEN }],
    [['--url', `${url}/`, '--token', TOKEN], { ADMIN: '1', ADMIN_TOKEN: 'another-one' }],
  ] as const) {
    expect(await admin(['backends', ...args], environment)).toMatchObject({ exitCode: 0 });
  }
});

test('as a process: JSON on standard output and nothing else, or in a file', async () => {
  const path = join(folder.path, 'backends.json');
  const args = ['admin', 'backends', '--url', url, '--token', TOKEN];
  const [onOutput, inFile] = [
    await run([...args, '--json']),
    await withToken('backends', '--json', path),
  ];
  expect(onOutput).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(onOutput.stdout)).toMatchObject([{ id: 'a' }]);
  expect(inFile).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject([{ id: 'a' }]);
});

describe('one line says what cannot be done', () => {
  const cases: [args: string[], code: number, line: RegExp][] = [
    [
      [],
      2,
      /^evenkeel admin needs a command: one of backends, drain, ready, weight, reload, events$/,
    ],
    [['drian'], 2, /^evenkeel admin: there is no command "drian": did you mean "drain"\?$/],
    [['drain'], 2, /^evenkeel: missing required argument 'id'$/],
    [['drain', 'nobody'], 2, /^evenkeel: no backend has the id "nobody"$/],
    [
      ['weight', 'a', 'x'],
      2,
      /^weight must be default, 0 or a number from 0.001 to 1000000, got "x"$/,
    ],
    [
      ['weight', 'a', '-1'],
      2,
      /^weight must be default, 0 or a number from 0.001 to 1000000, got -1$/,
    ],
    [
      ['backends', '--url', 'ftp://a'],
      2,
      /^--url must be http:\/\/HOST:PORT or .*got "ftp:\/\/a"$/,
    ],
    [['backends', '--url', 'http://u:p@a'], 2, /^--url must be .* without credentials, got/],
    [['backends', '--json', '/no/such'], 2, /^--json must be a file .* got "\/no\/such": ENOENT$/],
    [
      ['backends', '--token', 'wrong-token'],
      1,
      /^evenkeel: a Bearer token is needed: give --token,/,
    ],
  ];
  test.for(cases)('%j: %i', async ([args, exitCode, line]) => {
    const environment = { ADMIN: new URL(url).host, ADMIN_TOKEN: TOKEN };
    const result = await admin(args, environment);
    expect(result.stderr.trimEnd()).toMatch(line);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(result).toMatchObject({ exitCode, stdout: '' });
  });

  test('where nothing listens, and where something else does', async () => {
    const nothing = `http://127.0.0.1:${await freePort()}`;
    expect(await admin(['backends', '--url', nothing])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `evenkeel: no answer from the admin API at ${nothing}: connection refused\n`,
    });
    expect(await admin(['events', '--url', backend.url])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `evenkeel: what answers at ${backend.url} is no admin API\n`,
    });
  });
});

// The last one: it ends the process.
test('follows the events until the load balancer ends', async () => {
  let seen = '';
  const following = runCli({
    args: ['admin', 'events', '--url', url],
    environment: { ADMIN_TOKEN: TOKEN },
    stdout: {
      write: (text: string) => {
        seen += text;
      },
    },
    stderr: {
      write: (text: string) => {
        seen += text;
      },
    },
  });
  await until(() => seen.includes('default/a  added  (configuration)'), 'the past is shown');
  await withToken('drain', 'a');
  await until(
    () => seen.includes('default/a  ready → drain  (operator, by admin)'),
    'the drain is shown',
  );
  program.process.kill('SIGKILL');
  expect(await following).toBe(1);
  expect(seen).toMatch(/evenkeel: the load balancer has ended the stream of events\n$/);
});
