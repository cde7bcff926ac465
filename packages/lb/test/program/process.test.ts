/** The program as a process: when it is ready, how it ends, what signals do. */

import { request } from 'node:http';
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
let b: Backend;

beforeEach(async () => {
  [a, b] = [await startBackend('a'), await startBackend('b')];
});

afterEach(async () => {
  await killPrograms();
  await Promise.all([a.stop(), b.stop()]);
});

afterAll(() => folder.remove());

const SILENT = ['--port', '0', '--log-level', 'silent'];

async function get(url: string): Promise<{ status: number; body: string }> {
  const response = await fetch(url, { headers: { connection: 'close' } });
  return { status: response.status, body: await response.text() };
}

test('standard output says one line when it is ready, and nothing else', async () => {
  const program = await startProgram([...SILENT, '--backends', `${a.url};${b.url}`]);
  const answers = [await get(program.url), await get(program.url)];
  expect(answers.map(({ body }) => body).sort()).toEqual(['a', 'b']);
  program.process.kill('SIGTERM');
  expect(await program.exitCode).toBe(0);
  expect(program.stdout).toBe(`evenkeel listening on ${program.url}\n`);
  expect(program.stderr).toBe('');
});

test('backends and port can come from the environment, details from --backend', async () => {
  const args = ['--backend', `${b.url} id=b weight=2`, '--backend', `${a.url} id=a backup`];
  const program = await startProgram([...args, '--log-level', 'silent'], { PORT: '0' });
  expect((await get(program.url)).body).toBe('b');
  expect((await get(program.url)).body).toBe('b');
  const other = await startProgram(['--log-level', 'silent'], { PORT: '0', BACKENDS: a.url });
  expect((await get(other.url)).body).toBe('a');
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
  test(`${signal} lets the request in flight end, takes no new one, and exits with 0`, async () => {
    let finish = (): void => {};
    a.behave = (_request, response) => {
      finish = () => response.end('late');
    };
    const program = await startProgram([...SILENT, '--backends', a.url]);
    const late = get(program.url);
    await until(() => a.requests === 1, 'the request is there');
    program.process.kill(signal);
    await until(() => isClosed(program.url), 'it takes no new requests');
    expect(program.process.exitCode).toBeNull();
    finish();
    expect(await late).toEqual({ status: 200, body: 'late' });
    expect(await program.exitCode).toBe(0);
  });
}

test('a second signal ends it at once', async () => {
  a.behave = () => {};
  const long = ['--drain-timeout', '600000'];
  const program = await startProgram([...SILENT, '--backends', a.url, ...long]);
  const lost = get(program.url).catch(() => 'lost');
  await until(() => a.requests === 1, 'the request is there');
  program.process.kill('SIGTERM');
  await until(() => isClosed(program.url), 'it has taken the first');
  program.process.kill('SIGTERM');
  expect(await program.exitCode).toBe(1);
  expect(await lost).toBe('lost');
});

test('what has not ended after the drain timeout is cut off', async () => {
  a.behave = () => {};
  const program = await startProgram([...SILENT, '--backends', a.url, '--drain-timeout', '100']);
  const lost = get(program.url).catch(() => 'lost');
  await until(() => a.requests === 1, 'the request is there');
  program.process.kill('SIGTERM');
  expect(await program.exitCode).toBe(0);
  expect(await lost).toBe('lost');
});

test('during the shutdown delay readyz says 503 while requests are still served', async () => {
  const admin = `127.0.0.1:${await freePort()}`;
  const times = ['--shutdown-delay', '600000', '--admin', admin];
  const program = await startProgram([...SILENT, '--backends', a.url, ...times]);
  const readyz = async (): Promise<number> => (await get(`http://${admin}/readyz`)).status;
  await until(async () => (await readyz()) === 200, 'it is ready');
  program.process.kill('SIGTERM');
  await until(async () => (await readyz()) === 503, 'it says that it ends');
  // By a kept-alive connection, which is told to look for another instance.
  const response = await fetch(program.url);
  expect([response.status, await response.text()]).toEqual([200, 'a']);
  expect(response.headers.get('connection')).toBe('close');
  program.process.kill('SIGTERM');
  expect(await program.exitCode).toBe(1);
});

test('SIGHUP reads the file again; a file that cannot be used changes nothing and says why', async () => {
  const file = folder.write('lb.json', { listen: { port: 0 }, backends: [{ url: a.url }] });
  const program = await startProgram(['--config', file, '--log-format', 'json']);
  expect((await get(program.url)).body).toBe('a');

  folder.write('lb.json', { backends: [{ url: 'ftp://nowhere' }] });
  program.process.kill('SIGHUP');
  const refusal = /nothing was changed: \S*lb\.json:1:\d+: backends\[0\]\.url must be http/;
  await until(() => refusal.test(program.stderr), 'it says why');
  expect((await get(program.url)).body).toBe('a');

  folder.write('lb.json', { listen: { port: 0 }, backends: [{ url: b.url }] });
  program.process.kill('SIGHUP');
  await until(async () => (await get(program.url)).body === 'b', 'the new backend answers');
  program.process.kill('SIGTERM');
  expect(await program.exitCode).toBe(0);
});

test('a kept-alive connection is told to close when draining begins', async () => {
  const program = await startProgram([...SILENT, '--backends', a.url]);
  const { port } = new URL(program.url);
  const response = await new Promise<string | undefined>((resolve, reject) => {
    a.behave = (_request, answer) => {
      program.process.kill('SIGTERM');
      until(() => isClosed(program.url), 'it drains').then(() => answer.end('late'), reject);
    };
    request({ port, host: '127.0.0.1', headers: { connection: 'keep-alive' } }, (incoming) => {
      incoming.resume().on('end', () => resolve(incoming.headers.connection));
    })
      .on('error', reject)
      .end();
  });
  expect(response).toBe('close');
  expect(await program.exitCode).toBe(0);
});

test('it goes on when the reader of its standard output has left', async () => {
  const args = [...SILENT, '--backends', a.url, '--access-log', '-'];
  const program = await startProgram(args);
  program.process.stdout?.destroy();
  expect((await get(program.url)).body).toBe('a');
  // The log is written at the end at the latest: a clean exit has survived the broken pipe.
  program.process.kill('SIGTERM');
  expect(await program.exitCode).toBe(0);
  expect(program.stderr).toBe('');
});
