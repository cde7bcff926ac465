/** Which failed requests are sent again, where, and which never are. */

import { classicRetries, seededRandom, standardRetries } from '@evenkeel/core';
import { afterEach, expect, test } from 'vitest';
import {
  answering,
  type Behaviour,
  OK,
  type RawBackend,
  type SeenConnection,
  startRawBackend,
} from '../support/raw-backend.ts';
import { RawClient, roundTrip, statusOf } from '../support/raw-client.ts';
import { type Stand, startStand, untilTrue } from '../support/stand.ts';

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

async function backendThat(
  behave: Behaviour,
  onConnect?: (c: SeenConnection) => void,
): Promise<RawBackend> {
  const backend = await startRawBackend(behave, onConnect);
  running.push(backend);
  return backend;
}

async function standBefore(...backends: (RawBackend | string)[]): Promise<Stand> {
  const stand = await startStand(backends.map((b) => (typeof b === 'string' ? b : b.address)));
  running.push(stand);
  return stand;
}

/** An address without a listener. */
async function deadAddress(): Promise<string> {
  const backend = await startRawBackend(() => {});
  await backend.stop();
  return backend.address;
}

const resetting: Behaviour = ({ socket }) => socket.resetAndDestroy();
const get = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc';
const put = post.replace('POST', 'PUT');
const wholeBody = (received: string): boolean => received.endsWith('abc');

test('a refused dial is safe to retry for any method', async () => {
  const good = await backendThat(answering(OK, wholeBody));
  const stand = await standBefore(await deadAddress(), good);
  expect(statusOf(await roundTrip(stand.port, post))).toBe(200);
  expect(stand.log).toMatchObject([{ status: 200, attempts: 2, backend: 'b1' }]);
  expect(good.received.match(/POST/g)).toHaveLength(1);
});

test('an idempotent request goes to another backend after a reset, its body included', async () => {
  const bad = await backendThat(resetting);
  const good = await backendThat(answering(OK, wholeBody));
  const stand = await standBefore(bad, good);
  expect(statusOf(await roundTrip(stand.port, put))).toBe(200);
  expect(good.received).toMatch(/^PUT [^$]*\r\n\r\nabc$/);
  // The very same request, id included.
  expect(good.received).toBe(bad.received);
});

test('a request that is not idempotent is never sent again after bytes were sent', async () => {
  const bad = await backendThat(resetting);
  const good = await backendThat(answering(OK, wholeBody));
  const stand = await standBefore(bad, good);
  expect(statusOf(await roundTrip(stand.port, post))).toBe(502);
  expect(good.connections).toHaveLength(0);
  expect(stand.log).toMatchObject([{ status: 502, attempts: 1, backend: 'b0' }]);
});

test('a retry goes elsewhere, and what has been sent is sent to one more backend at the most', async () => {
  const backends = await Promise.all([1, 2, 3].map(() => backendThat(resetting)));
  const stand = await standBefore(...backends);
  expect(statusOf(await roundTrip(stand.port, get))).toBe(502);
  expect(backends.map((backend) => backend.connections.length).sort()).toEqual([0, 1, 1]);
});

test('dials that fail count against the tries alone', async () => {
  const bad = await backendThat(resetting);
  const good = await backendThat(answering(OK));
  const stand = await standBefore(await deadAddress(), good, bad);
  expect(statusOf(await roundTrip(stand.port, get))).toBe(200);
  expect([bad.connections.length, good.connections.length]).toEqual([1, 1]);
});

test('a slow answer is not asked for again elsewhere, unless timeouts are named', async () => {
  const silent = await Promise.all([1, 2].map(() => backendThat(() => {})));
  const addresses = silent.map(({ address }) => address);
  const stand = await startStand(addresses, { timeouts: { responseHeadMs: 100 } });
  running.push(stand);
  expect(statusOf(await roundTrip(stand.port, get))).toBe(504);
  expect(silent.map((backend) => backend.connections.length)).toEqual([1, 0]);
});

test('without a listener the client gets 502, without a ready backend 503 with Retry-After', async () => {
  const stand = await standBefore(await deadAddress());
  expect(statusOf(await roundTrip(stand.port, get))).toBe(502);
  stand.cluster.pool.setAdminState('b0', 'maintenance');
  const answer = await roundTrip(stand.port, get);
  expect(statusOf(answer)).toBe(503);
  expect(answer).toMatch(/\r\nRetry-After: 1\r\n/);
  // Bodies are short and name nothing.
  expect(answer).toMatch(/\r\n\r\n503 Service Unavailable\n$/);
});

test('a body over the replay limit is not sent again, one at the limit is', async () => {
  for (const [size, status] of [
    [65_536, 200],
    [65_537, 502],
  ] as const) {
    let seen = 0;
    const bad = await backendThat(({ socket, received }) => {
      if (received.length > size) socket.resetAndDestroy();
    });
    const good = await backendThat(({ socket, received }) => {
      seen = received.length - received.indexOf('\r\n\r\n') - 4;
      if (seen === size) socket.write(OK);
    });
    const stand = await standBefore(bad, good);
    const client = await RawClient.open(stand.port);
    client.send(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
    for (let sent = 0; sent < size; ) {
      const part = Math.min(10_000, size - sent);
      client.send('x'.repeat(part));
      sent += part;
    }
    await client.untilReceived('\r\n\r\n');
    expect(statusOf(client.received)).toBe(status);
    expect(good.connections).toHaveLength(status === 200 ? 1 : 0);
    client.close();
  }
});

test('a retried body goes on where the client is, after what was kept', async () => {
  const bad = await backendThat(({ socket, received }) => {
    if (received.includes('first')) socket.resetAndDestroy();
  });
  const good = await backendThat(answering(OK, (received) => received.endsWith('second')));
  const stand = await standBefore(bad, good);
  const client = await RawClient.open(stand.port);
  client.send('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nfirst');
  await untilTrue(() => good.received.endsWith('first'), 'the retry');
  client.send('second');
  await client.untilReceived('ok');
  expect(good.received).toMatch(/\r\n\r\nfirstsecond$/);
  client.close();
});

test('a head that arrived is not followed by a retry, and no field of a failed response leaks', async () => {
  let answers = 0;
  const flaky: Behaviour = ({ socket }) => {
    answers++;
    if (answers === 1) socket.end('HTTP/1.1 200 OK\r\nX-Leak: 1\r\nContent-');
    else socket.write(OK);
  };
  const stand = await standBefore(await backendThat(flaky), await backendThat(flaky));
  const answer = await roundTrip(stand.port, get);
  expect(statusOf(answer)).toBe(200);
  expect(answer).not.toContain('Leak');
  expect(answers).toBe(2);
});

test('a 503 is passed on by default, and swallowed when status retries are on', async () => {
  const bad = await backendThat(
    answering('HTTP/1.1 503 Busy\r\nX-Leak: 1\r\nContent-Length: 0\r\n\r\n'),
  );
  const good = await backendThat(answering(OK));
  const plain = await standBefore(bad, good);
  expect(statusOf(await roundTrip(plain.port, get))).toBe(503);
  const retrying = await startStand([bad.address, good.address], {
    cluster: {
      retries: standardRetries(seededRandom(1), { on: ['connect', 'reset', 'timeout', 'status'] }),
    },
  });
  running.push(retrying);
  const answer = await roundTrip(retrying.port, get);
  expect(statusOf(answer)).toBe(200);
  expect(answer).not.toContain('Leak');
});

test('classic retries try the same server, then the next', async () => {
  const bad = await backendThat(resetting);
  const good = await backendThat(answering(OK));
  const stand = await startStand([bad.address, good.address], {
    cluster: { retries: classicRetries() },
  });
  running.push(stand);
  expect(statusOf(await roundTrip(stand.port, get))).toBe(200);
  expect(bad.connections.length).toBeGreaterThan(1);
});

test('each backend is told its own address, over a retry in the middle of a body too', async () => {
  const bad = await backendThat(({ socket, received }) => {
    if (received.includes('first')) socket.resetAndDestroy();
  });
  const good = await backendThat(answering(OK, (received) => received.endsWith('second')));
  const stand = await startStand([bad.address, good.address], {
    forwarding: { hostHeader: 'backend' },
  });
  running.push(stand);
  const client = await RawClient.open(stand.port);
  client.send('PUT / HTTP/1.1\r\nX: 1\r\nHost: a\r\nContent-Length: 11\r\n\r\nfirst');
  await untilTrue(() => good.received.endsWith('first'), 'the retry');
  client.send('second');
  await client.untilReceived('ok');
  expect(bad.received).toMatch(
    /^PUT \/ HTTP\/1\.1\r\nHost: [\d.:]+\r\nX: 1\r\nContent-Length: 11\r\n/,
  );
  expect(bad.received).toContain(`\r\nHost: ${bad.address}\r\n`);
  expect(good.received).toBe(`${bad.received.replace(bad.address, good.address)}second`);
  client.close();
});

test.each(['client', 'backend'] as const)(
  'hostHeader: %s: a redial sends the very same bytes',
  async (hostHeader) => {
    const backend = await backendThat(({ socket, received }) => {
      if (received.startsWith('GET') && received.endsWith('abc')) socket.end();
      else if (/\r\n\r\n(abc)?$/.test(received)) socket.write(OK);
    });
    const stand = await startStand([backend.address], { forwarding: { hostHeader } });
    running.push(stand);
    expect(statusOf(await roundTrip(stand.port, get))).toBe(200);
    expect(statusOf(await roundTrip(stand.port, put))).toBe(200);
    const [stale, fresh] = backend.connections;
    expect(stale!.received.endsWith(fresh!.received)).toBe(true);
    expect(fresh!.received).toContain(
      `\r\nHost: ${hostHeader === 'client' ? 'a' : backend.address}\r\n`,
    );
  },
);

test('with replayBytes 0 no body is sent twice; what has none, or has not been sent, is tried again', async () => {
  const bad = await backendThat(resetting);
  const good = await backendThat(answering(OK, (received) => /\r\n\r\n(abc)?$/.test(received)));
  const limits = { replayBytes: 0 };
  const stand = await startStand([bad.address, good.address], { limits });
  const refusing = await startStand([await deadAddress(), good.address], { limits });
  running.push(stand, refusing);
  expect(statusOf(await roundTrip(stand.port, put))).toBe(502);
  expect(good.connections).toHaveLength(0);
  // Takes turns: the good one is next.
  expect(statusOf(await roundTrip(stand.port, get))).toBe(200);
  expect(statusOf(await roundTrip(stand.port, get))).toBe(200);
  expect(stand.log.map(({ attempts }) => attempts)).toEqual([1, 1, 2]);
  expect(statusOf(await roundTrip(refusing.port, put))).toBe(200);
  expect(refusing.log).toMatchObject([{ attempts: 2 }]);
  expect(good.connections.at(-1)!.received).toMatch(/^PUT [^$]*\r\n\r\nabc$/);
});
