/**
 * What other proxies learned from advisories and is not shown elsewhere. The others: HTTP/1.0 with
 * Transfer-Encoding, repeated Content-Length and CR in a field are in refused.test.ts, tunnels in
 * upgrade.test.ts, X-Forwarded-* and `__proto__` in forwarding.test.ts.
 */

import { expect, test } from 'vitest';
import { backend, stand, startOne } from '../support/one-backend.ts';
import { answering, OK } from '../support/raw-backend.ts';
import { RawClient, roundTrip, statusOf } from '../support/raw-client.ts';
import { untilTrue } from '../support/stand.ts';

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';

test('an own answer to a request whose body has not been read ends the connection', async () => {
  await startOne(answering(OK));
  stand.cluster.pool.setAdminState('b0', 'maintenance');
  const client = await RawClient.open(stand.port);
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n`);
  await client.untilEnded();
  client.send(SMUGGLED);
  expect(client.received).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nConnection: close\r\n/);
  client.close();
  expect(stand.log).toHaveLength(1);
  expect(backend.connections).toHaveLength(0);
});

test('an own answer to a request whose body is here leaves the connection in step', async () => {
  await startOne(answering(OK));
  stand.cluster.pool.setAdminState('b0', 'maintenance');
  const answer = await roundTrip(
    stand.port,
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}GET /real HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
  );
  expect(answer.match(/HTTP\/1\.1 503/g)).toHaveLength(2);
  expect(stand.log.map(({ target }) => target)).toEqual(['/', '/real']);
});

test('a 413 for a long body with a late field does not crash, nor is the rest a request', async () => {
  await startOne(({ socket }) =>
    socket.write('HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
  );
  const client = await RawClient.open(stand.port);
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n`);
  await client.untilReceived('413');
  client.send(SMUGGLED.repeat(1000));
  await client.untilEnded();
  expect(client.received.match(/HTTP\/1\.1/g)).toHaveLength(1);
  expect(backend.connections).toHaveLength(1);
  client.close();
});

test('a backend that writes on for a client that left does no harm', async () => {
  await startOne(({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    const more = setInterval(() => socket.write(`400\r\n${'x'.repeat(1024)}\r\n`), 1);
    socket.on('close', () => clearInterval(more));
  });
  for (let i = 0; i < 5; i++) {
    const client = await RawClient.open(stand.port);
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.untilReceived('xxx');
    if (i % 2 === 0) client.close();
    else client.socket.resetAndDestroy();
  }
  await stand.logged(5);
  expect(stand.log.every(({ status }) => status === 499)).toBe(true);
  await untilTrue(() => backend.connections.every(({ ended }) => ended), 'the end at the backend');
});

test('a client that leaves while its request waits or backs off leaves nothing behind', async () => {
  await startOne(() => {}, { cluster: { queueTimeoutMs: 60_000 } }, { maxConnections: 1 });
  const clients = await Promise.all([1, 2, 3].map(() => RawClient.open(stand.port)));
  for (const client of clients) client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await untilTrue(() => stand.cluster.balancer.queued === 2, 'two in the queue');
  for (const client of clients.reverse()) client.close();
  await stand.logged(3);
  expect(stand.cluster.balancer.queued).toBe(0);
  expect(statusOf(`HTTP/1.1 ${stand.log[0]!.status} `)).toBe(499);
  expect(backend.received.match(/GET/g)).toHaveLength(1);
});
