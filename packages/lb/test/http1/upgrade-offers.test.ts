/** Which protocols are offered to a backend, and which answers to an offer are passed on. */

import { expect, test } from 'vitest';
import { backend, stand, startOne } from '../support/one-backend.ts';
import type { Behaviour } from '../support/raw-backend.ts';
import { RawClient, statusOf } from '../support/raw-client.ts';
import type { StandOptions } from '../support/stand.ts';

const UPGRADE = 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

async function start(behave: Behaviour, options: StandOptions = {}): Promise<RawClient> {
  await startOne(behave, options);
  return RawClient.open(stand.port);
}

/** What a backend that does not switch is sent of these Upgrade fields. */
async function offered(fields: string, options: StandOptions = {}): Promise<string | undefined> {
  const client = await start(({ socket, received }) => {
    if (/\r\n\r\n(?:abc)?$/.test(received)) {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    }
  }, options);
  client.send(`GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n${fields}`);
  await client.untilReceived('\r\n\r\n');
  expect(statusOf(client.received)).toBe(200);
  client.close();
  return /\r\nUpgrade: (.*)\r\n/.exec(backend.received)?.[1];
}

const BOTH = { upgrades: ['websocket', 'tcp'] };
const OFFERS: readonly [string, string | undefined, StandOptions?][] = [
  ['Upgrade: WebSocket\r\n\r\n', 'WebSocket'],
  ['Upgrade: h2c\r\n\r\n', undefined],
  ['Upgrade: \xa0h2c\r\n\r\n', undefined, BOTH],
  ['Upgrade: websocket\xa0\r\n\r\n', undefined],
  ['Upgrade: websocket h2c\r\n\r\n', undefined],
  ['Upgrade: websocket,,tcp\r\n\r\n', undefined, BOTH],
  ['Upgrade: "websocket"\r\n\r\n', undefined],
  ['Upgrade: websocket/13\r\n\r\n', undefined],
  ['Upgrade: websocket, h2c\r\n\r\n', 'websocket'],
  ['Upgrade: h2c\r\nUpgrade: tcp , websocket\r\n\r\n', 'tcp, websocket', BOTH],
  ['Upgrade: tcp\r\n\r\n', undefined],
  ['Upgrade: websocket\r\nContent-Length: 0\r\n\r\n', 'websocket'],
  ['Upgrade: websocket\r\nContent-Length: 3\r\n\r\nabc', undefined],
  ['Upgrade: tcp, websocket\r\nContent-Length: 3\r\n\r\nabc', 'tcp', BOTH],
  ['Upgrade: tcp\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', undefined, BOTH],
];

for (const [fields, expected, options] of OFFERS) {
  test(`${JSON.stringify(fields)} is passed on as ${expected}`, async () => {
    expect(await offered(fields, options)).toBe(expected);
  });
}

for (const answer of ['', 'Upgrade: h2c\r\n', 'Upgrade: websocket, h2c\r\n', 'Upgrade: ,\r\n']) {
  test(`a 101 with ${JSON.stringify(answer)} to an offer of websocket is 502`, async () => {
    const client = await start(({ socket }) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n${answer}\r\n`);
    });
    client.send(UPGRADE);
    await client.untilReceived('\r\n\r\n');
    expect(statusOf(client.received)).toBe(502);
    client.close();
  });
}

test('a 426 keeps its Upgrade field, with the option that belongs to it', async () => {
  const client = await start(({ socket }) =>
    socket.write(
      'HTTP/1.1 426 Upgrade Required\r\nUpgrade: TLS/1.0\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n',
    ),
  );
  client.send(UPGRADE);
  await client.untilReceived('\r\n\r\n');
  expect(client.received).toMatch(/\r\nUpgrade: TLS\/1\.0\r\n/);
  expect(client.received).toMatch(/\r\nConnection: upgrade\r\n/i);
  client.close();
});
