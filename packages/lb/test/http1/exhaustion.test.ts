/** Out of descriptors: told once, no backend's failure, and over as soon as there are some again. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { answering, OK, startRawBackend } from '../support/raw-backend.ts';
import { RawClient, roundTrip, statusOf } from '../support/raw-client.ts';
import { untilTrue } from '../support/stand.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

test('a front without descriptors recovers when clients leave', async () => {
  const backend = await startRawBackend(answering(OK));
  const main = `${import.meta.dirname}/../../src/main.ts`;
  const proxy = spawn('sh', [
    '-c',
    `ulimit -n 60; exec "$0" "$@"`,
    process.execPath,
    main,
    ...[
      '--port',
      '0',
      '--backends',
      `http://${backend.address}`,
      '--health',
      'off',
      '--access-log',
    ],
  ]);
  let output = '';
  proxy.stdout.on('data', (text: Buffer) => {
    output += text.toString();
  });
  let log = '';
  proxy.stderr.on('data', (text: Buffer) => {
    log += text.toString();
  });
  await untilTrue(() => /listening on \S+:\d+/.test(output), 'the ready line');
  const port = Number(/listening on \S+:(\d+)/.exec(output)?.[1]);
  expect(statusOf(await roundTrip(port, GET))).toBe(200);

  const clients = await Promise.all(Array.from({ length: 100 }, () => RawClient.open(port)));
  await untilTrue(() => clients.some(({ ended, closed }) => ended || closed), 'surplus to be shed');
  // Those that were accepted hold all descriptors: there is none left for a dial. Requests at the
  // same time share the one idle backend connection otherwise.
  const accepted = clients.filter(({ ended, closed }) => !ended && !closed);
  for (const client of accepted) client.send(GET.replace('close', 'keep-alive'));
  await untilTrue(() => accepted.some(({ received }) => statusOf(received) === 503), 'a 503');
  for (const client of clients) client.close();

  let status = 0;
  for (let i = 0; i < 1_000 && status !== 200; i++) {
    status = statusOf(await roundTrip(port, GET).catch(() => ''));
    await new Promise((done) => setTimeout(done, 50));
  }
  expect(status).toBe(200);
  await untilTrue(() => output.includes('"reason":"resources-exhausted"'), 'its line');
  await untilTrue(() => log.includes('out of file descriptors'), 'a warning');
  expect(log.match(/out of file descriptors/g)).toHaveLength(1);
  proxy.kill('SIGKILL');
  await once(proxy, 'exit');
  await backend.stop();
});
