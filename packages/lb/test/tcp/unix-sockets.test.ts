/** Mode tcp between Unix sockets, as a program: what is there before, while it runs, and after its end. */

import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { killPrograms, run, startProgram, until } from '../program/support.ts';
import { RawClient } from '../support/raw-client.ts';
import { echo, folder, startTcp } from './stand.ts';

afterEach(killPrograms);

test('both ends are sockets; a dead one is replaced, a living one refused, and none is left', async () => {
  const [front, back] = [join(folder.path, 'front.sock'), join(folder.path, 'back.sock')];
  await startTcp(echo('hello '), back);
  const config = folder.write('unix.yaml', {
    mode: 'tcp',
    listen: { unix: front, socketMode: '660' },
    backends: [`unix:${back}`],
  });
  const start = () => startProgram(['--config', config, '--access-log', '--log-format', 'json']);
  const killed = await start();
  killed.process.kill('SIGKILL');
  await killed.exitCode;
  expect(existsSync(front)).toBe(true);

  const program = await start();
  expect(program.url).toBe(`tcp://unix:${front}`);
  expect(statSync(front).mode & 0o777).toBe(0o660);
  const client = new RawClient(connect({ path: front, allowHalfOpen: true }));
  client.socket.end('world');
  await client.untilEnded();
  expect(client.received).toBe('hello world');
  await until(() => program.stdout.includes('"client":"unix:"'), 'its line');

  const { exitCode, stdout, stderr } = await run(['--config', config]);
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    new RegExp(`^evenkeel: cannot listen on unix:${front}: address already in use$`, 'm'),
  );
  expect(existsSync(front)).toBe(true);
  program.process.kill('SIGTERM');
  expect(await program.exitCode).toBe(0);
  expect(existsSync(front)).toBe(false);
});
