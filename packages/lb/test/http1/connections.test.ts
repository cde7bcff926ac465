/** How many client connections there may be, which make room, and how long a client may hold one. */

import { readFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { backend, stand, startOne } from '../support/one-backend.ts';
import { answering, type Behaviour, OK } from '../support/raw-backend.ts';
import { RawClient, statusOf } from '../support/raw-client.ts';
import { untilTrue } from '../support/stand.ts';

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const closed = ({ ended, closed: gone }: RawClient): boolean => ended || gone;

async function open(count: number): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  for (let i = 0; i < count; i++) {
    clients.push(await RawClient.open(stand.port));
    await untilTrue(() => stand.front.connections.client > i || clients.some(closed), 'it');
  }
  return clients;
}

test('at limits.connections the one that has been idle for longest makes room', async () => {
  await startOne(answering(OK), { limits: { connections: 3 } });
  const [first, second, third] = (await open(3)) as [RawClient, RawClient, RawClient];
  first.send(get);
  await first.untilReceived('ok');
  // Now the second has been silent for longest.
  const fourth = await RawClient.open(stand.port);
  await second.untilEnded();
  for (const client of [first, third, fourth]) {
    client.received = '';
    client.send(get);
    await client.untilReceived('ok');
  }
  expect(stand.refusals).toEqual([]);
  for (const client of [first, third, fourth]) client.close();
});

test('where none is idle the new one is refused, counted, and told of once', async () => {
  await startOne(() => {}, { limits: { connections: 2 } });
  const busy = await open(2);
  for (const client of busy) client.send(get);
  await untilTrue(() => backend.received.split('GET').length === 3, 'both requests');
  for (let i = 0; i < 3; i++) {
    const refused = await RawClient.open(stand.port);
    await refused.untilEnded();
  }
  expect(stand.refusals).toEqual([
    ['connections', true],
    ['connections', false],
    ['connections', false],
  ]);
  expect(busy.some(closed)).toBe(false);
  for (const client of busy) client.close();
});

test('limits.connectionsPerAddress refuses, and room is made only by those that leave', async () => {
  await startOne(answering(OK), { limits: { connectionsPerAddress: 2 } });
  const [first, second] = (await open(2)) as [RawClient, RawClient];
  const third = await RawClient.open(stand.port);
  await third.untilEnded();
  expect(stand.refusals).toEqual([['connectionsPerAddress', true]]);
  first.close();
  await untilTrue(() => stand.front.connections.client === 1, 'room');
  const fourth = await RawClient.open(stand.port);
  fourth.send(get);
  await fourth.untilReceived('ok');
  for (const client of [second, fourth]) client.close();
});

test('trusted proxies may have as many as they like', async () => {
  const trustedProxies = new BlockList();
  trustedProxies.addSubnet('127.0.0.0', 8);
  const limits = { connectionsPerAddress: 2 };
  await startOne(answering(OK), { limits, forwarding: { trustedProxies } });
  const clients = await open(4);
  expect(clients.some(closed)).toBe(false);
  for (const client of clients) client.close();
});

test('a client that sends its body byte by byte is too slow', async () => {
  const limits = { minBytesPerSecond: 1_000 };
  await startOne(() => {}, { limits, timeouts: { bodyIdleMs: 500 } });
  const client = await RawClient.open(stand.port);
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n');
  while (!closed(client)) {
    client.send('x');
    await sleep(50);
  }
  expect(statusOf(client.received)).toBe(408);
  expect(stand.log).toMatchObject([{ status: 408, end: 'refused', reason: 'body-too-slow' }]);
  client.close();
});

const isLinux = process.platform === 'linux';

// Again when this kernel chose so large a buffer that even it saw no progress for so long.
test.skipIf(!isLinux)(
  'a steady reader is not cut, however long its kernel hides it',
  {
    retry: 10,
  },
  async () => {
    const body = Buffer.alloc(24 * 1024 * 1024);
    await startOne(
      ({ socket }) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
        socket.write(body);
      },
      // Half of it is longer than a kernel keeps a full window closed, and shorter than Node sees no progress.
      { timeouts: { bodyIdleMs: 3_000 } },
    );
    const client = await RawClient.open(stand.port);
    client.send(get);
    let bytes = 0;
    client.socket.removeAllListeners('data').on('data', (piece: Buffer) => {
      bytes += piece.length;
      client.socket.pause();
      setTimeout(() => client.socket.resume(), bytes < 2 * 1024 * 1024 ? 150 : 0);
    });
    await untilTrue(() => bytes > body.length || closed(client), 'all of it');
    expect(closed(client)).toBe(false);
    client.close();
  },
);

test('a reader that takes nothing is cut, and the log says why', async () => {
  const body = Buffer.alloc(24 * 1024 * 1024);
  await startOne(
    ({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
      socket.write(body);
    },
    { timeouts: { bodyIdleMs: 600 } },
  );
  const client = await RawClient.open(stand.port);
  client.socket.pause();
  client.send(get);
  await stand.logged(1);
  expect(stand.log).toMatchObject([{ status: 499, end: 'refused', reason: 'client-too-slow' }]);
  client.close();
});

const UPGRADE = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';
const SWITCHED =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';

test('a tunnel that one side has ended goes on while bytes flow, and ends after halfClosedMs', async () => {
  const once: Behaviour = ({ socket }, bytes) => {
    if (bytes.startsWith('GET')) socket.end(SWITCHED);
  };
  await startOne(once, { timeouts: { halfClosedMs: 300 } });
  const client = await RawClient.open(stand.port);
  client.send(UPGRADE);
  await client.until(() => client.ended);
  for (let i = 0; i < 8; i++) {
    client.send(`<${i}>`);
    await sleep(100);
  }
  await untilTrue(() => backend.received.endsWith('<7>'), 'all of it');
  expect(stand.log).toEqual([]);
  await stand.logged(1);
  expect(stand.cluster.pool.inFlight).toBe(0);
  client.close();
});

test.skipIf(!isLinux)('both connections of a tunnel are kept alive by the system', async () => {
  await startOne(({ socket }) => socket.write(SWITCHED));
  const client = await RawClient.open(stand.port);
  client.send(UPGRADE);
  await client.untilReceived('\r\n\r\n');
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
  const timerOf = (local: number, remote: number): string | undefined =>
    new RegExp(`:${hex(local)} \\w+:${hex(remote)} 01 \\w+:\\w+ (\\w\\w):`).exec(
      readFileSync('/proc/net/tcp', 'latin1'),
    )?.[1];
  const { localPort = 0 } = client.socket;
  const { remotePort = 0 } = backend.connections[0]!.socket;
  // 02: the timer that runs is keep-alive's.
  await untilTrue(() => timerOf(stand.port, localPort) === '02', 'the client side');
  await untilTrue(() => timerOf(remotePort, backend.port) === '02', 'the backend side');
  client.close();
});
