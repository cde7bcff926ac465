/** Bodies flow as they come, at the pace of the slower side, and what is cut short never looks whole. */

import { expect, test } from 'vitest';
import { backend, stand, startOne } from '../support/one-backend.ts';
import { type Behaviour, OK, type SeenConnection } from '../support/raw-backend.ts';
import { RawClient, statusOf } from '../support/raw-client.ts';
import { type StandOptions, untilTrue } from '../support/stand.ts';

async function start(behave: Behaviour, options: StandOptions = {}): Promise<RawClient> {
  await startOne(behave, options);
  return RawClient.open(stand.port);
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const HEAD = 'HTTP/1.1 200 OK\r\nDate: x\r\n';
const BLOCK = Buffer.alloc(64 * 1024, 'x');

/** Writes blocks until `bytes` are sent, as fast as the peer takes them; counts what it has handed over. */
function pour(socket: SeenConnection['socket'], bytes: number, poured: { bytes: number }): void {
  const more = (): void => {
    while (poured.bytes < bytes) {
      const part = BLOCK.subarray(0, Math.min(BLOCK.length, bytes - poured.bytes));
      poured.bytes += part.length;
      if (!socket.write(part)) {
        socket.once('drain', more);
        return;
      }
    }
  };
  more();
}

/** The figure does not change for half a second. */
async function settled(figure: () => number): Promise<number> {
  for (let before = -1; ; ) {
    const now = figure();
    if (now === before) return now;
    before = now;
    await new Promise((done) => setTimeout(done, 500));
  }
}

test('server-sent events pass one by one', async () => {
  const client = await start(({ socket }) => {
    socket.write(`${HEAD}Content-Type: text/event-stream\r\n\r\n`);
  });
  client.send(GET);
  await client.untilReceived('\r\n\r\n');
  for (let i = 0; i < 5; i++) {
    backend.connections[0]!.socket.write(`data: ${i}\n\n`);
    await client.untilReceived(`data: ${i}\n\n`);
  }
  client.close();
});

test('a request body passes as it comes', async () => {
  const client = await start(({ socket, received }) => {
    if (received.endsWith('0\r\n\r\n')) socket.write(OK);
  });
  client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (let i = 0; i < 5; i++) {
    client.send(`3\r\n<${i}>\r\n`);
    await untilTrue(() => backend.received.endsWith(`<${i}>\r\n`), `chunk ${i}`);
  }
  client.send('0\r\n\r\n');
  await client.untilReceived('ok');
  client.close();
});

test('a slow client makes the backend wait, and the process does not grow', async () => {
  const size = 200 * 1024 * 1024;
  const poured = { bytes: 0 };
  const client = await start(({ socket }) => {
    socket.write(`${HEAD}Content-Length: ${size}\r\n\r\n`);
    pour(socket, size, poured);
  });
  client.socket.pause();
  client.send(GET);
  const stuck = await settled(() => poured.bytes);
  // What the kernel holds on two connections, and our own 100 KiB or so.
  expect(stuck).toBeLessThan(32 * 1024 * 1024);
  let received = 0;
  client.socket.removeAllListeners('data');
  client.socket.on('data', (bytes) => {
    received += bytes.length;
  });
  client.socket.resume();
  await untilTrue(() => received > size, 'the whole body');
  client.close();
});

test('a slow backend makes the client wait', async () => {
  const size = 200 * 1024 * 1024;
  const client = await start(() => {});
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  await untilTrue(() => backend.received.endsWith('\r\n\r\n'), 'the head, which is not counted');
  const { socket } = backend.connections[0]!;
  socket.removeAllListeners('data');
  socket.pause();
  const poured = { bytes: 0 };
  pour(client.socket, size, poured);
  expect(await settled(() => poured.bytes)).toBeLessThan(32 * 1024 * 1024);
  let received = 0;
  socket.on('data', (bytes) => {
    received += bytes.length;
    if (received === size) socket.write(OK);
  });
  socket.resume();
  await client.untilReceived('ok');
  client.close();
});

test('an early response is forwarded, and neither connection is used again', async () => {
  const client = await start(({ socket, received }) => {
    if (!received.includes('early')) return;
    socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno');
  });
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nearly');
  await client.untilEnded();
  expect(client.received).toMatch(
    /^HTTP\/1\.1 413 Too Large\r\n[\s\S]*\r\nConnection: close\r\n[\s\S]*no$/,
  );
  await untilTrue(() => backend.connections[0]!.ended, 'the end of the backend connection');
  // The rest of the body is no request.
  client.send(GET);
  await client.until(() => client.closed || client.ended);
  expect(backend.connections).toHaveLength(1);
  client.close();
});

test('an early response that goes on while the upload does carries both', async () => {
  const client = await start(({ socket, received }, bytes) => {
    if (bytes.startsWith('POST')) socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    const last = received.at(-3);
    if (/<\d>\r\n$/.test(received))
      socket.write(`1\r\n${last === '>' ? received.at(-4) : last}\r\n`);
    if (received.endsWith('0\r\n\r\n')) socket.write('0\r\n\r\n');
  });
  client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (let i = 1; i <= 3; i++) {
    client.send(`3\r\n<${i}>\r\n`);
    await client.untilReceived(`\r\n${i}\r\n`);
  }
  client.send('0\r\n\r\n');
  await client.untilReceived('0\r\n\r\n');
  client.close();
});

test("Expect: 100-continue is the backend's to answer: the 100 comes from it, then the body goes", async () => {
  const client = await start(({ socket, received }) => {
    if (received.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    if (received.endsWith('abc')) socket.write(OK);
  });
  client.send('PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n');
  await client.untilReceived('100 Continue\r\n\r\n');
  expect(backend.received).toContain('\r\nExpect: 100-Continue\r\n');
  client.send('abc');
  await client.untilReceived('ok');
  expect(client.ended).toBe(false);
  client.close();
});

test('a final answer to Expect ends the connection, since the body may or may not follow', async () => {
  const client = await start(({ socket }) =>
    socket.write('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n'),
  );
  client.send('PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
  await client.untilEnded();
  expect(client.received).toMatch(/^HTTP\/1\.1 401 [\s\S]*\r\nConnection: close\r\n/);
  client.close();
});

test('Expect from HTTP/1.0 is ignored', async () => {
  const client = await start(({ socket, received }) => {
    if (received.endsWith('abc')) socket.write(`HTTP/1.1 100 Continue\r\n\r\n${OK}`);
  });
  client.send('PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc');
  await client.untilEnded();
  expect(statusOf(client.received)).toBe(200);
  expect(backend.received).not.toContain('Expect');
  client.close();
});

test('a client that leaves ends its request at the backend: cancelled, 499, no penalty', async () => {
  const client = await start(() => {});
  client.send(GET);
  await untilTrue(() => backend.received !== '', 'the request');
  client.close();
  await stand.logged(1);
  expect(stand.log).toMatchObject([{ status: 499, backend: 'b0' }]);
  await untilTrue(() => backend.connections[0]!.ended, 'the end at the backend');
  expect(stand.cluster.pool.members[0]).toMatchObject({ failures: 0, inFlight: 0 });
});

test('a client that leaves in the middle of its upload or its download ends it too', async () => {
  const client = await start(({ socket, received }) => {
    if (received.startsWith('GET')) socket.write(`${HEAD}Content-Length: 100\r\n\r\nabc`);
  });
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc');
  await untilTrue(() => backend.received.endsWith('abc'), 'the upload');
  client.close();
  const second = await RawClient.open(stand.port);
  second.send(GET);
  await second.untilReceived('abc');
  second.socket.resetAndDestroy();
  await stand.logged(2);
  expect(stand.log.map(({ status }) => status)).toEqual([499, 499]);
  await untilTrue(() => backend.connections.every(({ ended }) => ended), 'the end at the backend');
});

test('a malformed chunk late in a body is 400, and the backend connection is destroyed', async () => {
  const client = await start(() => {});
  client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
  await untilTrue(() => backend.received.endsWith('3\r\nabc\r\n'), 'the first chunk');
  client.send('zz\r\n');
  await client.untilEnded();
  expect(client.received).toMatch(/^HTTP\/1\.1 400 [\s\S]*Connection: close/);
  await untilTrue(() => backend.connections[0]!.ended, 'the end at the backend');
  expect(backend.received).not.toContain('zz');
  expect(stand.cluster.pool.members[0]!.failures).toBe(0);
  client.close();
});

test('a backend that dies in the middle of a body aborts the client and counts as a failure', async () => {
  const client = await start(({ socket }) => {
    socket.write(`${HEAD}Content-Length: 100\r\n\r\nabc`, () => socket.resetAndDestroy());
  });
  client.send(GET);
  await client.until(() => client.closed);
  expect(client.wasReset).toBe(true);
  expect(stand.cluster.pool.members[0]!.failures).toBe(1);
  expect(stand.log).toMatchObject([{ status: 502, attempts: 1 }]);
});
