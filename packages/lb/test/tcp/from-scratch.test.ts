/** (e) of examples/from-scratch: a small TCP balancer replaced, with hundreds of clients in the background. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../program/support.ts';
import { RawClient } from '../support/raw-client.ts';
import { echo, startTcp } from './stand.ts';

const SCRIPT = join(import.meta.dirname, '../../../../examples/from-scratch/e-tcp.sh');

test('-f and -p: bytes are copied both ways, and a dead backend costs no client', async () => {
  const [dead, ...alive] = await Promise.all(['a', 'b', 'c'].map((name) => startTcp(echo(name))));
  const ports = [dead, ...alive].flatMap((backend) => ['-p', backend?.url.split(':')[1] ?? '']);
  await dead?.stop();
  const path = `${join(process.execPath, '..')}:${process.env.PATH}`;
  const child = spawn(SCRIPT, ['-f', '0', ...ports], { env: { PATH: path } });
  try {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text;
      });
    }
    await until(() => /listening on/.test(output) || child.exitCode !== null, 'it listens');
    const port = Number(/listening on tcp:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1]);
    const clients = await Promise.all(Array.from({ length: 200 }, () => RawClient.open(port)));
    for (const client of clients) client.send('question');
    await Promise.all(clients.map((client) => client.untilReceived('question')));
    const names = new Set(clients.map(({ received }) => received.charAt(0)));
    expect(names).toEqual(new Set(['b', 'c']));
    for (const client of clients) client.close();
  } finally {
    const closed = once(child, 'close');
    if (child.kill('SIGTERM')) await closed;
  }
});
