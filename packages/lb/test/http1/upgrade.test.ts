/** Protocol switches: a tunnel only after the backend's 101, then a plain pipe both ways. */

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchWrites } from '../support/held-up.ts';
import { backend, stand, startOne } from '../support/one-backend.ts';
import type { Behaviour } from '../support/raw-backend.ts';
import { RawClient, statusOf } from '../support/raw-client.ts';
import { type StandOptions, untilTrue } from '../support/stand.ts';

const UPGRADE =
  'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n';
const SWITCHED =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

async function start(behave: Behaviour, options: StandOptions = {}): Promise<RawClient> {
  await startOne(behave, options);
  return RawClient.open(stand.port);
}

/** Switches, then echoes. */
const echoing: Behaviour = (connection, bytes) => {
  if (connection.received.endsWith('\r\n\r\n') && bytes.startsWith('GET'))
    connection.socket.write(SWITCHED);
  else
    connection.socket.write(
      bytes.slice(bytes.indexOf('\r\n\r\n') + (bytes.startsWith('GET') ? 4 : 1)),
      'latin1',
    );
};

test('after 101 bytes pass both ways, and it counts as in flight', async () => {
  const client = await start(echoing);
  client.send(UPGRADE);
  await client.untilReceived('\r\n\r\n');
  expect(client.received).toBe(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n',
  );
  expect(backend.received).toMatch(/\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n$/);
  expect(stand.cluster.pool.inFlight).toBe(1);
  client.send('\x00\xffhello');
  await client.untilReceived('hello');
  client.close();
  await stand.logged(1);
  expect(stand.log).toMatchObject([{ status: 101, backend: 'b0' }]);
  await untilTrue(() => backend.connections[0]!.ended, 'the end of the tunnel');
});

test('bytes that come with the 101 are not lost, nor those sent ahead of it', async () => {
  const client = await start(({ socket, received }, bytes) => {
    if (!bytes.startsWith('GET')) return;
    expect(received.endsWith('\r\n\r\n')).toBe(true);
    socket.write(`${SWITCHED}from-backend`);
  });
  client.send(`${UPGRADE}sent-ahead`);
  await client.untilReceived('from-backend');
  await untilTrue(() => backend.received.endsWith('\r\n\r\nsent-ahead'), 'what was sent ahead');
  client.close();
});

test('nothing is tunnelled before the 101: what follows a refused upgrade is the next request', async () => {
  let firstHeard = '';
  const client = await start(({ socket }, bytes) => {
    firstHeard ||= bytes;
    const path = bytes.split(' ')[1];
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX-Path: ${path}\r\n\r\n!`);
  });
  client.send(`${UPGRADE}GET /next HTTP/1.1\r\nHost: a\r\n\r\n`);
  await client.untilReceived('X-Path: /next');
  expect(client.received.match(/X-Path: .*/g)).toEqual(['X-Path: /ws', 'X-Path: /next']);
  expect(firstHeard).toMatch(/^GET \/ws [^$]*\r\n\r\n$/);
  expect(firstHeard).not.toContain('/next');
  client.close();
});

test('what follows a refused upgrade and is no request is 400, and never reaches the backend', async () => {
  const client = await start(({ socket }) =>
    socket.write('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n'),
  );
  client.send(`${UPGRADE}\x81\x05hello`);
  await client.untilEnded();
  expect(client.received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 426', 'HTTP/1.1 400']);
  expect(backend.received).not.toContain('hello');
  client.close();
});

test('a half-close is carried over, either way', async () => {
  const client = await start((connection, bytes) => {
    if (bytes.startsWith('GET')) connection.socket.write(SWITCHED);
  });
  client.send(UPGRADE);
  await client.untilReceived('\r\n\r\n');
  client.socket.end('last words');
  const [connection] = backend.connections;
  await untilTrue(() => connection!.ended, 'FIN at the backend');
  expect(backend.received).toMatch(/last words$/);
  await client.untilEnded();
});

test('the backend may end first, and the client still be heard', async () => {
  const client = await start((connection, bytes) => {
    if (bytes.startsWith('GET')) connection.socket.end(`${SWITCHED}bye`);
  });
  client.send(UPGRADE);
  await client.until(() => client.ended);
  expect(client.received).toMatch(/bye$/);
  client.send('still here');
  await untilTrue(() => backend.received.endsWith('still here'), 'the client to be heard');
  client.socket.end();
  await stand.logged(1);
});

test('what the client sent before its end reaches a backend that ended first, however slow', async () => {
  const isHeldUp = watchWrites(({ remotePort }) => remotePort === backend.port);
  const client = await start(({ socket }, bytes) => {
    if (bytes.startsWith('GET')) socket.end(SWITCHED);
    socket.pause();
  });
  client.send(UPGRADE);
  await client.until(() => client.ended);
  const [connection] = backend.connections;
  const requestBytes = connection!.received.length;
  const piece = 'x'.repeat(16_384);
  let sentBytes = 0;
  while (!isHeldUp()) {
    client.send(piece);
    sentBytes += piece.length;
    await sleep(2);
  }
  client.socket.end();
  await stand.logged(1);
  connection!.socket.removeAllListeners('data').on('data', (bytes) => {
    sentBytes -= bytes.length;
  });
  connection!.socket.resume();
  await untilTrue(() => connection!.ended, 'the end at the backend');
  expect(sentBytes - (connection!.received.length - requestBytes)).toBe(0);
});

test('what the client left for a backend that never takes it is dropped after tunnelIdleMs', async () => {
  const isHeldUp = watchWrites(({ remotePort }) => remotePort === backend.port);
  const behave: Behaviour = ({ socket }, bytes) => {
    if (bytes.startsWith('GET')) socket.end(SWITCHED);
    socket.pause();
  };
  const client = await start(behave, { timeouts: { tunnelIdleMs: 500 } });
  client.send(UPGRADE);
  await client.until(() => client.ended);
  while (!isHeldUp()) {
    client.send('x'.repeat(16_384));
    await sleep(2);
  }
  client.socket.end();
  await stand.logged(1);
  await untilTrue(() => stand.front.connections.upstream === 0, 'the end of the connection');
});

test('a switch before the whole body has come is 502; after it the rest is for the tunnel', async () => {
  const client = await start(
    ({ socket }, bytes) => {
      if (bytes.startsWith('GET')) socket.write(SWITCHED.replace('websocket', 'tcp'));
    },
    { upgrades: ['websocket', 'tcp'] },
  );
  const head = UPGRADE.replace('websocket', 'tcp').replace(
    '\r\n\r\n',
    '\r\nContent-Length: 3\r\n\r\n',
  );
  client.send(`${head}ab`);
  await client.untilEnded();
  expect(statusOf(client.received)).toBe(502);
  client.close();
  const second = await RawClient.open(stand.port);
  second.send(`${head}abc<sent-ahead>`);
  await second.untilReceived('\r\n\r\n');
  expect(statusOf(second.received)).toBe(101);
  second.send('<later>');
  await untilTrue(() => backend.received.endsWith('<later>'), 'the tunnel');
  expect(backend.received).toMatch(/\r\n\r\nabc<sent-ahead><later>$/);
  second.close();
});

test('an error on either side ends both', async () => {
  const client = await start(echoing);
  client.send(UPGRADE);
  await client.untilReceived('\r\n\r\n');
  backend.connections[0]!.socket.resetAndDestroy();
  await client.until(() => client.closed || client.ended);
  const second = await RawClient.open(stand.port);
  second.send(UPGRADE);
  await second.untilReceived('\r\n\r\n');
  second.socket.resetAndDestroy();
  await untilTrue(() => backend.connections[1]!.ended, 'the end at the backend');
  await stand.logged(2);
  client.close();
});

test('an idle tunnel ends after tunnelIdleMs, a busy one does not', async () => {
  const client = await start(echoing, { timeouts: { tunnelIdleMs: 300 } });
  client.send(UPGRADE);
  await client.untilReceived('\r\n\r\n');
  for (let i = 0; i < 6; i++) {
    client.send(`<${i}>`);
    await client.untilReceived(`${i}>`);
    await new Promise((done) => setTimeout(done, 100));
  }
  await client.untilEnded();
  client.close();
});

test('an upgrade from HTTP/1.0 is ignored', async () => {
  const client = await start(({ socket }) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  );
  client.send(UPGRADE.replace('HTTP/1.1', 'HTTP/1.0'));
  await client.untilReceived('\r\n\r\n');
  expect(statusOf(client.received)).toBe(200);
  expect(backend.received).not.toMatch(/upgrade/i);
  client.close();
});

test('CR LF cannot be carried into the backend by the Upgrade field', async () => {
  const client = await start(() => {});
  client.send(
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\rX-Injected: 1\r\n\r\n',
  );
  await client.untilEnded();
  expect(statusOf(client.received)).toBe(400);
  expect(backend.connections).toHaveLength(0);
  client.close();
});

test('a draining front lets tunnels go on until its time is up', async () => {
  const client = await start(echoing);
  client.send(UPGRADE);
  await client.untilReceived('\r\n\r\n');
  let drained = false;
  const draining = stand.front.drain(400).then(() => {
    drained = true;
  });
  client.send('!more');
  await client.untilReceived('more');
  expect(drained).toBe(false);
  await draining;
  await client.untilEnded();
  client.close();
});
