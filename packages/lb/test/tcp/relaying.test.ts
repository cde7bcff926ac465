/** Mode tcp: what a connection carries, how it ends, and which end it was. */

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { until } from '../program/support.ts';
import { RawClient } from '../support/raw-client.ts';
import { echo, startBalancing, startTcp, type TcpBackend } from './stand.ts';

test('bytes pass both ways, and one line tells of the connection', async () => {
  const tcp = await startBalancing([await startTcp(echo('hello '))]);
  const client = await tcp.open();
  client.send('world');
  await client.untilReceived('hello world');
  // While it runs: it may run for days.
  expect(tcp.balancer.backends[0]?.latencyMs.p50).toBeGreaterThanOrEqual(0);
  expect(await tcp.balancer.metrics()).toMatch(/backend_connect_seconds_count\{.*\} 1/);
  client.socket.end();
  await client.untilEnded();
  const [line] = await tcp.logged(1);
  expect(line).toMatchObject({
    client: '127.0.0.1',
    mode: 'tcp',
    service: 'default',
    backend: 'a',
    attempts: 1,
    receivedBytes: 5,
    sentBytes: 11,
    end: 'complete',
    endedBy: 'client',
    reason: '',
  });
  expect(tcp.balancer.backends).toMatchObject([
    { url: expect.stringMatching(/^tcp:/), inFlight: 0 },
  ]);
});

test('a half-close is carried over, either way', async () => {
  const tcp = await startBalancing([
    await startTcp((socket) => {
      socket.on('data', () => {}).on('end', () => socket.end('the answer after the end'));
    }),
  ]);
  const client = await tcp.open();
  client.socket.end('question');
  await client.untilEnded();
  expect(client.received).toBe('the answer after the end');
  const spoken: string[] = [];
  const second = await startBalancing([
    await startTcp((socket) => {
      socket.end('bye');
      socket.on('data', (bytes) => spoken.push(String(bytes)));
    }),
  ]);
  const other = await second.open();
  await other.untilEnded();
  other.socket.end('still here');
  await until(() => spoken.join('') === 'still here');
  expect(await second.logged(1)).toMatchObject([{ end: 'complete', endedBy: 'backend' }]);
});

test('what is sent before there is a backend comes first, and so does an end', async () => {
  const spoken: string[] = [];
  const tcp = await startBalancing([
    await startTcp((socket) => {
      socket.on('data', (bytes) => spoken.push(String(bytes))).on('end', () => socket.end());
    }),
  ]);
  const client = await tcp.open();
  client.socket.end('all at once');
  await client.untilEnded();
  expect(spoken.join('')).toBe('all at once');
});

test('a client whose backend died is cut off, never left hanging; and the other way round', async () => {
  const backend = await startTcp(echo('ready'));
  const tcp = await startBalancing([backend]);
  const client = await tcp.open();
  await client.untilReceived('ready');
  backend.sockets[0]?.resetAndDestroy();
  await until(() => client.closed);
  expect(client.wasReset).toBe(true);
  expect(await tcp.logged(1)).toMatchObject([
    { end: 'backend-broke', endedBy: 'backend', reason: 'backend-reset' },
  ]);
  const second = await tcp.open();
  await second.untilReceived('ready');
  const ended = new Promise((resolve) => backend.sockets[1]?.once('close', resolve));
  second.socket.resetAndDestroy();
  await ended;
  expect((await tcp.logged(2))[1]).toMatchObject({
    end: 'client-left',
    endedBy: 'client',
    reason: 'client-reset',
  });
});

test('a dead backend is passed over, and with none left the client is cut off', async () => {
  // Not a port that was free a moment ago: a balancer may get it, and lead to itself.
  const dead: TcpBackend = { url: '127.0.0.77:1', sockets: [], stop: () => Promise.resolve() };
  const alive = await startTcp(echo('alive'));
  const tcp = await startBalancing([dead, alive]);
  for (let i = 0; i < 2; i++) {
    const client = await tcp.open();
    await client.untilReceived('alive');
    client.close();
  }
  expect((await tcp.logged(2)).map(({ backend }) => backend)).toEqual(['b', 'b']);
  expect(Math.max(...tcp.lines.map(({ attempts }) => attempts))).toBe(2);
  const lonely = await startBalancing([dead]);
  const client = await lonely.open();
  await until(() => client.closed);
  expect(client.wasReset).toBe(true);
  expect(await lonely.logged(1)).toMatchObject([
    { end: 'backend-broke', reason: 'connect-refused' },
  ]);
});

test('a backend that accepts and is silent is ended after tcpIdleMs, a busy one is not', async () => {
  const tcp = await startBalancing([await startTcp(echo())], { timeouts: { tcpIdleMs: 400 } });
  const busy = await tcp.open();
  const silent = await tcp.open();
  const startMs = performance.now();
  const ended = until(() => silent.closed).then(() => performance.now() - startMs);
  while (performance.now() - startMs < 1200) {
    busy.send('.');
    await sleep(20);
  }
  expect(await ended).toBeGreaterThanOrEqual(390);
  expect(busy.closed).toBe(false);
  const [line] = await tcp.logged(1);
  expect(line).toMatchObject({ end: 'refused', endedBy: 'balancer', reason: 'idle' });
  busy.close();
});

test('beyond maxConnections clients wait their turn, and one that leaves is forgotten', async () => {
  const backend = await startTcp(echo('in'));
  const tcp = await startBalancing([], {
    backends: [{ url: backend.url, id: 'a', maxConnections: 1 }],
    queue: { max: 10, timeoutMs: 60_000 },
  });
  const first = await tcp.open();
  await first.untilReceived('in');
  const leaving = await tcp.open();
  leaving.socket.resetAndDestroy();
  expect(await tcp.logged(1)).toMatchObject([
    { end: 'client-left', endedBy: 'client', reason: 'client-left', attempts: 0 },
  ]);
  const second = await tcp.open();
  await sleep(20);
  expect(second.received).toBe('');
  first.close();
  await second.untilReceived('in');
  second.close();
});

test('hash strategies send an address to one backend', async () => {
  const tcp = await startBalancing(
    await Promise.all(['1', '2', '3', '4'].map((name) => startTcp(echo(name)))),
    { strategy: 'ip-hash' },
  );
  const heard = new Set<string>();
  for (let i = 0; i < 8; i++) {
    const client = await tcp.open();
    await client.until(() => client.received !== '');
    heard.add(client.received);
    client.close();
  }
  expect(heard.size).toBe(1);
});

test('a drain lets connections end, and cuts off what is left after its time', async () => {
  const tcp = await startBalancing([await startTcp(echo())], { timeouts: { drainMs: 500 } });
  const [ending, staying] = [await tcp.open(), await tcp.open()];
  for (const client of [ending, staying]) {
    client.send('x');
    await client.untilReceived('x');
  }
  const closed = tcp.balancer.close();
  ending.send(' last');
  await ending.untilReceived('x last');
  ending.socket.end();
  await ending.untilEnded();
  await closed;
  await until(() => staying.closed);
  expect(tcp.lines.map(({ reason }) => reason)).toEqual(['', 'drain-timeout']);
});

test('a reload fails no connection, and those that run stay where they are', async () => {
  const [one, two] = [await startTcp(echo('one ')), await startTcp(echo('two '))];
  const tcp = await startBalancing([one as NonNullable<typeof one>]);
  const staying = await tcp.open();
  await staying.untilReceived('one ');
  for (let i = 0; i < 6; i++) {
    const backends = [{ url: (i % 2 === 0 ? two : one)?.url ?? '', id: 'ba'.charAt(i % 2) }];
    const clients = await Promise.all(Array.from({ length: 5 }, () => RawClient.open(tcp.port)));
    await tcp.balancer.reload({ ...tcp.file, backends });
    for (const client of clients) {
      client.send('through');
      await client.untilReceived('through');
      client.close();
    }
  }
  staying.send('still');
  await staying.untilReceived('one still');
  staying.close();
  const lines = await tcp.logged(31);
  expect(lines.filter(({ end }) => end !== 'complete')).toEqual([]);
});
