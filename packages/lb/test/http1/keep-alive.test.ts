/** Connections that are used again: pipelining, idle backends, and the race with a backend that closes. */

import { expect, test } from 'vitest';
import { backend, stand, startOne } from '../support/one-backend.ts';
import { answering, type Behaviour, OK } from '../support/raw-backend.ts';
import { RawClient, roundTrip, statusOf } from '../support/raw-client.ts';
import { untilTrue } from '../support/stand.ts';

const get = (path = '/'): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const closing = (method = 'GET'): string =>
  `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;

test('requests of many clients share backend connections', async () => {
  await startOne(answering(OK));
  for (let i = 0; i < 5; i++) expect(statusOf(await roundTrip(stand.port, closing()))).toBe(200);
  expect(backend.connections).toHaveLength(1);
  expect(stand.upstreamsCreated).toEqual(['b0']);
});

test('an empty line before a request is ignored, even if it comes in two parts', async () => {
  await startOne(answering(OK));
  const client = await RawClient.open(stand.port);
  client.send('\r');
  await new Promise((done) => setTimeout(done, 50));
  client.send(`\n${get()}`);
  await client.untilReceived('\r\n\r\n');
  expect(statusOf(client.received)).toBe(200);
  client.close();
});

test('empty lines between requests begin no head: the idle connection ends in silence', async () => {
  await startOne(answering(OK), { timeouts: { clientHeadMs: 200, clientKeepAliveMs: 600 } });
  const client = await RawClient.open(stand.port);
  client.send(get());
  await client.untilReceived('ok');
  const answer = client.received;
  for (const bytes of ['\r\n', '\r\n\r\n', '\r']) client.send(bytes);
  await client.untilEnded();
  expect(client.received).toBe(answer);
  client.close();
});

test('a request after empty lines that came apart is served', async () => {
  await startOne(answering(OK), { timeouts: { clientHeadMs: 300 } });
  const client = await RawClient.open(stand.port);
  client.send(get());
  await client.untilReceived('ok');
  client.send('\r\n');
  await new Promise((done) => setTimeout(done, 600));
  client.send(`\r\n\r\n${get()}`);
  await client.until(() => client.received.match(/HTTP\/1\.1 200/g)?.length === 2);
  client.close();
});

test('the 408 of a backend that gave up waiting is never given to a GET', async () => {
  await startOne(({ socket, received }) => {
    // Says 408 at the moment when the second request comes on the connection.
    const isUsed = received.split('\r\n\r\n').length > 2;
    socket.write(
      isUsed
        ? 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'
        : OK,
    );
  });
  expect(statusOf(await roundTrip(stand.port, closing()))).toBe(200);
  expect(statusOf(await roundTrip(stand.port, closing()))).toBe(200);
  expect(backend.connections).toHaveLength(2);
  // On a fresh connection it is the answer to this very request.
  expect(stand.log.map(({ attempts }) => attempts)).toEqual([1, 1]);
});

test('pipelined requests are answered in order, one at a time', async () => {
  const waiting: (() => void)[] = [];
  await startOne(({ socket, received }) => {
    const path = received.slice(received.lastIndexOf('GET ')).split(' ')[1] ?? '';
    waiting.push(() =>
      socket.write(`HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: ${path.length}\r\n\r\n${path}`),
    );
  });
  const client = await RawClient.open(stand.port);
  client.send(get('/1') + get('/2') + get('/3'));
  for (let i = 1; i <= 3; i++) {
    await untilTrue(() => waiting.length === i, `request ${i}`);
    waiting[i - 1]!();
    await client.untilReceived(`\n/${i}`);
  }
  expect(client.received.match(/(?<=\n)\/\d/g)).toEqual(['/1', '/2', '/3']);
  expect(backend.connections).toHaveLength(1);
  client.close();
});

test('a refused request among pipelined ones is answered in its turn, and the last', async () => {
  await startOne(answering(OK));
  const answer = await roundTrip(stand.port, `${get()}GET / HTTP/9.9\r\n\r\n${get()}`);
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 505']);
});

test('a pipelining client that does not read its responses is not read either', async () => {
  const body = 'x'.repeat(32_768);
  let answers = 0;
  await startOne(({ socket }) => {
    answers++;
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  });
  const client = await RawClient.open(stand.port);
  client.socket.pause();
  client.send(get().repeat(2000));
  let before = -1;
  // Until nothing moves any more.
  while (before !== answers) {
    before = answers;
    await new Promise((done) => setTimeout(done, 300));
  }
  expect(answers).toBeLessThan(500);
  client.socket.resume();
  await client.until(
    () => answers === 2000 && client.received.split('HTTP/1.1 200').length === 2001,
  );
  client.close();
});

test('what comes ahead of its turn is not read without bound', async () => {
  await startOne(() => {});
  const client = await RawClient.open(stand.port);
  client.send(get());
  await untilTrue(() => backend.received !== '', 'the request');
  const ahead = Buffer.alloc(64 * 1024 * 1024, 'x');
  const before = process.memoryUsage().arrayBuffers;
  client.socket.write(ahead);
  await new Promise((done) => setTimeout(done, 1000));
  // One read's worth waits; the rest is left to the kernels and the client.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024);
  client.close();
});

test("an idle connection is closed by the backend's FIN, and not used again", async () => {
  await startOne(answering(OK));
  await roundTrip(stand.port, closing());
  backend.connections[0]!.socket.end();
  await untilTrue(() => stand.front.connections.upstream === 0, 'the idle connection to go');
  expect(statusOf(await roundTrip(stand.port, closing()))).toBe(200);
  expect(stand.log.every(({ attempts }) => attempts === 1)).toBe(true);
});

test('an idle connection that speaks is destroyed', async () => {
  await startOne(answering(OK));
  await roundTrip(stand.port, closing());
  backend.connections[0]!.socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n');
  await untilTrue(() => stand.front.connections.upstream === 0, 'the idle connection to go');
  expect(statusOf(await roundTrip(stand.port, closing()))).toBe(200);
});

const STALE: readonly (readonly [string, Behaviour])[] = [
  ['EOF', ({ socket }) => socket.end()],
  ['a reset', ({ socket }) => socket.resetAndDestroy()],
];

for (const [what, close] of STALE) {
  const closesOnSecond: Behaviour = (connection, bytes) => {
    const requests = connection.received.split('HTTP/1.1\r\n').length - 1;
    if (requests > 1) close(connection, bytes);
    else connection.socket.write(OK);
  };

  test(`${what} on a kept-alive connection: an idempotent request is sent once more, same attempt`, async () => {
    await startOne(closesOnSecond);
    await roundTrip(stand.port, closing());
    expect(statusOf(await roundTrip(stand.port, closing()))).toBe(200);
    expect(backend.connections).toHaveLength(2);
    expect(stand.log.map(({ attempts }) => attempts)).toEqual([1, 1]);
    expect(stand.cluster.pool.members[0]).toMatchObject({ failures: 0, retries: 0 });
  });

  test(`${what} on a kept-alive connection: a POST is not sent again`, async () => {
    await startOne(closesOnSecond);
    await roundTrip(stand.port, closing());
    expect(statusOf(await roundTrip(stand.port, closing('POST')))).toBe(502);
    expect(backend.connections).toHaveLength(1);
  });
}

test('the redial happens once: a fresh connection that fails is a failure', async () => {
  let answered = false;
  await startOne(({ socket }) => {
    if (answered) socket.end();
    else socket.write(OK);
    answered = true;
  });
  await roundTrip(stand.port, closing());
  expect(statusOf(await roundTrip(stand.port, closing()))).toBe(502);
  expect(stand.cluster.pool.members[0]!.failures).toBeGreaterThan(0);
});

test('Keep-Alive: timeout=N is honoured, one second early', async () => {
  await startOne(answering(OK.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=1\r\n\r\n')));
  await roundTrip(stand.port, closing());
  await roundTrip(stand.port, closing());
  expect(backend.connections).toHaveLength(2);
});

test('an idle backend connection is closed after upstreamKeepAliveMs', async () => {
  await startOne(answering(OK), { timeouts: { upstreamKeepAliveMs: 50 } });
  await roundTrip(stand.port, closing());
  await untilTrue(() => backend.connections[0]!.ended, 'the idle connection to go');
});

test('a backend connection is used up after requestsPerConnection', async () => {
  await startOne(answering(OK), { limits: { requestsPerConnection: 2 } });
  for (let i = 0; i < 5; i++) await roundTrip(stand.port, closing());
  expect(backend.connections).toHaveLength(3);
});

test('at most idlePerEndpoint connections are kept', async () => {
  await startOne(answering(OK), { limits: { idlePerEndpoint: 1 } });
  await Promise.all([1, 2, 3].map(() => roundTrip(stand.port, closing())));
  await untilTrue(() => stand.front.connections.upstream === 1, 'one idle connection');
});

test('a backend that says close, or HTTP/1.0, is not kept', async () => {
  await startOne(answering(OK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')));
  await roundTrip(stand.port, closing());
  await untilTrue(() => stand.front.connections.upstream === 0, 'no connection');
});
