/** Mode tcp without descriptors: clients are cut off for a reason that is told, and served again when there are some. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { until } from '../program/support.ts';
import { RawClient } from '../support/raw-client.ts';
import { echo, startTcp } from './stand.ts';

const MAIN = `${import.meta.dirname}/../../src/main.ts`;

test('out of descriptors: told once, no fault of the backend, and over when clients leave', async () => {
  const backend = await startTcp(echo('hello'));
  const args = ['--mode', 'tcp', '--port', '0', '--backends', backend.url, '--health', 'off'];
  const command = ['-c', 'ulimit -n 60; exec "$0" "$@"', process.execPath, MAIN, ...args];
  const child = spawn('sh', [...command, '--access-log', '--log-format', 'json']);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  await until(() => /listening on tcp:\S+:\d+/.test(output), 'it listens');
  const port = Number(/listening on tcp:\S+:(\d+)/.exec(output)?.[1]);
  const clients = await Promise.all(Array.from({ length: 100 }, () => RawClient.open(port)));
  await until(() => output.includes('"reason":"resources-exhausted"'), 'its line');
  for (const client of clients) client.close();
  await until(async () => {
    const client = await RawClient.open(port);
    await until(() => client.received !== '' || client.closed || client.ended, 'an answer');
    client.close();
    return client.received === 'hello';
  }, 'it serves again');
  expect(output.match(/out of file descriptors/g)).toHaveLength(1);
  child.kill('SIGKILL');
  await once(child, 'close');
});
