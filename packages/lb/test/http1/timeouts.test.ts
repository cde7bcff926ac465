/** Each timeout ends what it limits, with the right answer, and leaves no backend occupied. */

import { expect, test } from 'vitest';
import { backend, stand, startOne } from '../support/one-backend.ts';
import { type Behaviour, OK } from '../support/raw-backend.ts';
import { RawClient, statusOf } from '../support/raw-client.ts';
import { type StandOptions, untilTrue } from '../support/stand.ts';

async function start(behave: Behaviour, options: StandOptions = {}): Promise<RawClient> {
  await startOne(behave, options);
  return RawClient.open(stand.port);
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const idleBackend = (): Promise<void> =>
  untilTrue(
    () => stand.cluster.pool.inFlight === 0 && stand.front.connections.upstream === 0,
    'a free backend',
  );

test('a head that does not come is 408, however steadily it trickles, and no backend hears of it', async () => {
  const client = await start(() => {}, { timeouts: { clientHeadMs: 300 } });
  client.send('GET / HTTP/1.1\r\nHost: a\r\n');
  const trickle = setInterval(() => client.send('X: a\r\n'), 50);
  await client.untilEnded();
  clearInterval(trickle);
  expect(statusOf(client.received)).toBe(408);
  expect(backend.connections).toHaveLength(0);
  client.close();
});

test('a connection that never sends anything is closed without a word', async () => {
  const client = await start(() => {}, { timeouts: { clientHeadMs: 100 } });
  await client.untilEnded();
  expect(client.received).toBe('');
  client.close();
});

test('an idle connection is closed after clientKeepAliveMs', async () => {
  const client = await start(({ socket }) => socket.write(OK), {
    timeouts: { clientKeepAliveMs: 100 },
  });
  client.send(GET);
  await client.untilEnded();
  expect(client.received.split('HTTP/1.1 ')).toHaveLength(2);
  client.close();
});

test('a body that stops is 408, and the backend is free again', async () => {
  const client = await start(() => {}, { timeouts: { bodyIdleMs: 200 } });
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
  await client.untilEnded();
  expect(statusOf(client.received)).toBe(408);
  expect(client.received).toContain('\r\nConnection: close\r\n');
  await idleBackend();
  expect(stand.cluster.pool.members[0]!.failures).toBe(0);
  client.close();
});

test('a response that does not begin is 504', async () => {
  const client = await start(() => {}, { timeouts: { responseHeadMs: 100 } });
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc');
  await client.untilReceived('\r\n\r\n');
  expect(statusOf(client.received)).toBe(504);
  expect(client.ended).toBe(false);
  await idleBackend();
  client.close();
});

test('a response head that trickles is 504 too', async () => {
  const client = await start(
    ({ socket }) => {
      const trickle = setInterval(() => socket.write('H'), 30);
      socket.write('HTTP/1.1 200 OK\r\nX: ');
      socket.on('close', () => clearInterval(trickle));
    },
    { timeouts: { responseHeadMs: 200 } },
  );
  client.send(GET.replace('GET', 'POST'));
  await client.untilReceived('\r\n\r\n');
  expect(statusOf(client.received)).toBe(504);
  client.close();
});

test('a response body that stops aborts the client', async () => {
  const client = await start(
    ({ socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'),
    {
      timeouts: { bodyIdleMs: 200 },
    },
  );
  client.send(GET);
  await client.until(() => client.closed);
  expect(client.wasReset).toBe(true);
  await idleBackend();
});

test('a response that began before the upload ended is limited after it, too', async () => {
  const client = await start(
    ({ socket, received }) => {
      if (received.endsWith('\r\n\r\nab')) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc');
      }
    },
    { timeouts: { bodyIdleMs: 300 } },
  );
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab');
  await client.untilReceived('abc');
  client.send('c');
  await untilTrue(() => backend.received.endsWith('abc'), 'the third byte');
  client.send('d');
  await client.until(() => client.closed);
  expect(client.wasReset).toBe(true);
  await idleBackend();
});

test('a client that does not take its response is cut off, and the backend is free again', async () => {
  const size = 64 * 1024 * 1024;
  const client = await start(
    ({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
      socket.write(Buffer.alloc(size));
    },
    // Long enough for a stalled machine to bring the first bytes.
    { timeouts: { bodyIdleMs: 1500 } },
  );
  client.socket.pause();
  client.send(GET);
  await stand.logged(1);
  expect(stand.log).toMatchObject([{ status: 499 }]);
  await idleBackend();
  client.close();
});

test('a backend that does not take the body is 504', async () => {
  const client = await start(() => {}, { timeouts: { bodyIdleMs: 300 } });
  const size = 64 * 1024 * 1024;
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  await untilTrue(() => backend.connections.length === 1, 'the request');
  backend.connections[0]!.socket.pause();
  client.socket.write(Buffer.alloc(size));
  await client.untilReceived('\r\n\r\n');
  expect(statusOf(client.received)).toBe(504);
  await idleBackend();
  client.close();
});

test('totalMs covers the whole request', async () => {
  const client = await start(
    ({ socket }) => {
      const trickle = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 100);
      socket.on('close', () => clearInterval(trickle));
    },
    { timeouts: { totalMs: 350 } },
  );
  client.send(GET);
  await client.untilReceived('504');
  expect(client.received).toMatch(/HTTP\/1\.1 504 Gateway Timeout/);
  await idleBackend();
  expect(stand.log).toMatchObject([{ status: 504 }]);
  client.close();
});

test('a queue that is full, or too slow, is 503', async () => {
  const cluster = { queueLength: 1, queueTimeoutMs: 200 };
  await startOne(() => {}, { cluster }, { maxConnections: 1 });
  const clients = await Promise.all([1, 2, 3].map(() => RawClient.open(stand.port)));
  for (const client of clients) client.send(GET);
  for (const client of clients.slice(1)) {
    await client.untilReceived('\r\n\r\n');
    expect(client.received).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nRetry-After: 1\r\n/);
  }
  expect(backend.connections).toHaveLength(1);
  for (const client of clients) client.close();
});
