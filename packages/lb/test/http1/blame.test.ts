/** Failures that a client can bring about say nothing of a backend: they never eject it. */

import { consecutiveFailures } from '@evenkeel/core';
import { expect, test } from 'vitest';
import { backend, startOne } from '../support/one-backend.ts';
import { type Behaviour, OK, startRawBackend } from '../support/raw-backend.ts';
import { RawClient, statusOf } from '../support/raw-client.ts';
import { startStand, untilTrue } from '../support/stand.ts';

const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc';
const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const upgrade =
  'POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: tcp\r\nContent-Length: 10\r\n\r\nabc';

/** Asks for six paths, since one request that fails again and again proves little, and says how often each of two endpoints was ejected, of which one failure in a row is too many. */
async function ejectionsAfter(behave: Behaviour, request: string): Promise<number[]> {
  await startOne(behave);
  const second = await startRawBackend(behave);
  const both = await startStand([backend.address, second.address], {
    upgrades: ['tcp'],
    cluster: { detector: consecutiveFailures(1) },
  });
  for (let i = 0; i < 6; i++) {
    const client = await RawClient.open(both.port);
    client.send(request.replace(' / ', ` /${i} `));
    await client.untilReceived('\r\n\r\n');
    expect(statusOf(client.received)).toBeGreaterThanOrEqual(502);
    client.close();
  }
  const ejections = both.cluster.pool.members.map((member) => member.ejections);
  await both.stop();
  await second.stop();
  return ejections;
}

const NONE = [0, 0];

test('a backend that gives up on a client that owes its body', async () => {
  const unavailable = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n';
  expect(await ejectionsAfter(({ socket }) => socket.write(unavailable), post)).toEqual(NONE);
  expect(await ejectionsAfter(({ socket }) => socket.resetAndDestroy(), post)).toEqual(NONE);
});

test('a response head that is too long, since it may be the request reflected', async () => {
  const long = `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
  expect(await ejectionsAfter(({ socket }) => socket.write(long), get)).toEqual(NONE);
  const many = `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(101)}\r\n`;
  expect(await ejectionsAfter(({ socket }) => socket.write(many), get)).toEqual(NONE);
});

test('one failing URL asked for in many forms, among successful traffic', async () => {
  const broken = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n';
  const behave: Behaviour = ({ socket }, bytes) =>
    socket.write(bytes.includes('/bad') ? broken : OK);
  await startOne(behave);
  const second = await startRawBackend(behave);
  const both = await startStand([backend.address, second.address], {
    cluster: { detector: consecutiveFailures(2) },
  });
  const client = await RawClient.open(both.port);
  for (const asked of [
    'GET /',
    'GET /',
    'GET /bad',
    'HEAD /bad',
    'GET /bad?x',
    'HEAD /bad?y',
    'GET http://a/bad',
    'GET http://b.example:80/bad?y',
  ]) {
    client.received = '';
    client.send(`${asked} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await client.untilReceived('\r\n\r\n');
  }
  expect(both.cluster.pool.members.map(({ ejections }) => ejections)).toEqual(NONE);
  client.close();
  await both.stop();
  await second.stop();
});

test('a 101 before the request was complete', async () => {
  const switching =
    'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: tcp\r\n\r\n';
  expect(await ejectionsAfter(({ socket }) => socket.write(switching), upgrade)).toEqual(NONE);
});

test('but a reset before the head of a request that was complete counts', async () => {
  expect(await ejectionsAfter(({ socket }) => socket.resetAndDestroy(), get)).not.toEqual(NONE);
});

test('a PUT whose backend gave up while its body came is still sent to another', async () => {
  await startOne(({ socket, received }) => {
    if (received.endsWith('0123456789')) socket.write(OK);
  });
  const bad = await startRawBackend(({ socket }) => socket.resetAndDestroy());
  const both = await startStand([bad.address, backend.address]);
  const client = await RawClient.open(both.port);
  client.send('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234');
  await untilTrue(() => bad.connections[0]?.ended === true, 'the reset');
  client.send('56789');
  await client.untilReceived('ok');
  expect(both.log).toMatchObject([{ status: 200, attempts: 2 }]);
  client.close();
  await both.stop();
  await bad.stop();
});
