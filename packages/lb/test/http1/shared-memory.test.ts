/**
 * All connections are read into one buffer, and messages are put together in memory that is used
 * again: what is still needed of either stays as it was.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchWrites } from '../support/held-up.ts';
import { backend, stand, startOne } from '../support/one-backend.ts';
import {
  OK,
  type RawBackend,
  type SeenConnection,
  startRawBackend,
} from '../support/raw-backend.ts';
import { RawClient, roundTrip, statusOf } from '../support/raw-client.ts';
import { startStand, untilTrue } from '../support/stand.ts';

/** The head as a backend gets it. */
const sent = (path: string, framing: string, id: string, port = stand.port): string =>
  `PUT ${path} HTTP/1.1\r\nHost: a\r\n${framing}X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n` +
  `X-Forwarded-Port: ${port}\r\nX-Forwarded-Host: a\r\nVia: 1.1 evenkeel-test\r\nX-Request-Id: ${id}\r\n\r\n`;
const put = (path: string, framing: string, id: string): string =>
  `PUT ${path} HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n${framing}\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';

/** By the time this is answered, the front has read all that was sent before. */
async function untilRead(): Promise<void> {
  expect(statusOf(await roundTrip(stand.port, 'GET / HTTP/9.9\r\n\r\n'))).toBe(505);
}

/** Fills the buffer into which all are read, from a client's side and from a backend's. */
async function noise(): Promise<void> {
  const bytes = 'Z'.repeat(100_000);
  const head = `POST /noise HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`;
  expect(await roundTrip(stand.port, head + bytes)).toMatch(/Z$/);
}

function answerNoise({ socket, received }: SeenConnection): void {
  const bytes = 'Z'.repeat(100_000);
  if (received.endsWith(bytes))
    socket.end(
      `HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\nConnection: close\r\n\r\n${bytes}`,
    );
}

test('a message cut anywhere is what it was, whatever others send between its pieces', async () => {
  const options = { forwarding: { requestTrailers: ['x-sum'] } };
  await startOne((connection) => {
    if (connection.received.startsWith('POST /noise')) answerNoise(connection);
  }, options);
  const client = await RawClient.open(stand.port);
  const body = '3;x="y"\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n';
  for (const piece of [
    'PUT /main HTTP/1.1\r\nHo',
    `st: a\r\nX-Request-Id: one\r\n${CHUNKED}\r\n${body.slice(0, 5)}`,
    body.slice(5, 11),
    body.slice(11, 22),
    body.slice(22),
  ]) {
    client.send(piece);
    await noise();
  }
  const connection = backend.connections.find(({ received }) => received.startsWith('PUT'))!;
  expect(connection.received).toBe(
    `${sent('/main', CHUNKED, 'one')}3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n`,
  );
  for (const piece of [
    'HTTP/1.1 103 Early Hin',
    'ts\r\nLink: </a>\r\n\r\nHTTP/1.1 20',
    `0 OK\r\nDate: x\r\nX-Part: whole\r\n${CHUNKED}`,
    '\r\n3\r\nde',
    'f\r\n0\r\nX-S',
  ]) {
    connection.socket.write(piece);
    await noise();
  }
  connection.socket.write('um: 2\r\n\r\n');
  await client.untilReceived('X-Sum: 2\r\n\r\n');
  expect(client.received).toBe(
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' +
      `HTTP/1.1 200 OK\r\nDate: x\r\nX-Part: whole\r\n${CHUNKED}\r\n3\r\ndef\r\n0\r\nX-Sum: 2\r\n\r\n`,
  );
  const entry = stand.log.find(({ method }) => method === 'PUT');
  expect(entry).toMatchObject({ target: '/main', host: 'a', requestId: 'one', status: 200 });
  client.close();
});

test('requests sent ahead are what they were, whatever others send meanwhile', async () => {
  const paths: string[] = [];
  await startOne((connection, bytes) => {
    if (connection.received.startsWith('POST /noise')) answerNoise(connection);
    else paths.push(bytes);
  });
  const client = await RawClient.open(stand.port);
  const requests = ['/1', '/2', '/3'].map((path) => put(path, '', `id${path}`));
  client.send(requests.join(''));
  for (const path of ['/1', '/2', '/3']) {
    await untilTrue(() => paths.at(-1)?.startsWith(`PUT ${path}`) === true, path);
    await noise();
    expect(paths.at(-1)).toBe(sent(path, '', `id${path}`));
    backend.connections.find(({ received }) => received.includes(path))!.socket.write(OK);
  }
  await client.until(() => client.received.split('\r\n\r\nok').length === 4);
  client.close();
});

/** Sends numbered chunks until what the front wants to pass on waits in its own memory, and one more. */
async function sendUntil(isHeldUp: () => boolean, client: RawClient): Promise<string> {
  let body = '';
  for (let i = 0, wasHeldUp = false; !wasHeldUp; i++) {
    wasHeldUp = isHeldUp();
    const chunk = `4000\r\n${`${i},`.repeat(16_384).slice(0, 16_384)}\r\n`;
    client.send(chunk);
    body += chunk;
    await sleep(2);
  }
  return body;
}

test('what a slow backend has not taken stays as it was, whatever the client sends next', async () => {
  const isHeldUp = watchWrites(({ remotePort }) => remotePort === backend.port);
  await startOne(({ socket, received }) => {
    if (received.endsWith('zero\r\n\r\n')) socket.pause();
  });
  const client = await RawClient.open(stand.port);
  client.send(put('/0', CHUNKED, 'zero'));
  await untilTrue(() => backend.received !== '', 'the request');
  const [connection] = backend.connections as [SeenConnection];
  let expected = sent('/0', CHUNKED, 'zero');
  expected += `${await sendUntil(isHeldUp, client)}0\r\n\r\n`;
  client.send('0\r\n\r\n');
  // Two more are as much as the front lets wait.
  for (let i = 1; i <= 2; i++) {
    // All of it has been taken from the client, and not by the backend, which answers early.
    await untilRead();
    connection.socket.write(OK);
    await client.until(() => client.received.split('\r\n\r\nok').length === i + 1);
    const body = `${i};`.repeat(4_000);
    const framing = `Content-Length: ${body.length}\r\n`;
    client.send(put(`/${i}`, framing, `id${i}`) + body);
    expected += sent(`/${i}`, framing, `id${i}`) + body;
  }
  await untilRead();
  expect(isHeldUp()).toBe(true);
  connection.socket.resume();
  await untilTrue(() => connection.received.length >= expected.length, 'all requests');
  expect(connection.received === expected).toBe(true);
  expect(backend.connections).toHaveLength(1);
  client.close();
});

test('a request that one backend took in part goes whole to the next', async () => {
  const good = await startRawBackend(({ socket, received }) => {
    if (received.endsWith('\r\n0\r\n\r\n')) socket.write(OK);
  });
  const bad: RawBackend = await startRawBackend(({ socket }) => socket.pause());
  const isHeldUp = watchWrites(({ remotePort }) => remotePort === bad.port);
  const limits = { replayBytes: 64 * 1024 * 1024 };
  const stand = await startStand([bad.address, good.address], { limits });
  const client = await RawClient.open(stand.port);
  client.send(put('/', CHUNKED, 'id'));
  await untilTrue(() => bad.received !== '', 'the request');
  const body = await sendUntil(isHeldUp, client);
  bad.connections[0]!.socket.resetAndDestroy();
  client.send('3\r\nend\r\n0\r\n\r\n');
  await client.untilReceived('ok');
  const expected = `${sent('/', CHUNKED, 'id', stand.port)}${body}3\r\nend\r\n0\r\n\r\n`;
  expect(good.received === expected).toBe(true);
  client.close();
  for (const running of [stand, bad, good]) await running.stop();
});
