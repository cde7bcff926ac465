/** How each request ended, and the one short reason that the record gives for it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS, DEFAULT_UPGRADES } from '../../src/http1/settings.ts';
import { REASONS } from '../../src/reasons.ts';
import { startDeafListener } from '../support/deaf-listener.ts';
import { backend, stand, startOne } from '../support/one-backend.ts';
import { answering, type Behaviour, OK, startRawBackend } from '../support/raw-backend.ts';
import { RawClient } from '../support/raw-client.ts';
import { FORWARDING, type StandOptions, serviceOf, untilTrue } from '../support/stand.ts';

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc';
const head = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc';
const silent: Behaviour = () => {};

interface Cause {
  readonly reason: string;
  readonly end: string;
  readonly status: number;
  readonly request?: string;
  readonly behave?: Behaviour;
  readonly options?: StandOptions;
  /** What the client does when the backend has the request. */
  meanwhile?(client: RawClient): void;
}

const short = (timeouts: StandOptions['timeouts']): StandOptions => ({ timeouts: timeouts! });

const refused = (
  reason: string,
  status: number,
  request: string,
  options?: StandOptions,
): Cause => ({
  ...{ reason, end: 'refused', status, request },
  ...(options === undefined ? {} : { options }),
});

const broke = (
  reason: string,
  status: number,
  behave: Behaviour,
  options?: StandOptions,
): Cause => ({
  ...{ reason, end: 'backend-broke', status, behave },
  ...(options === undefined ? {} : { options }),
});

const CAUSES: readonly Cause[] = [
  { reason: '', end: 'complete', status: 200, behave: answering(OK) },
  refused('malformed-head:request-line', 400, 'GET\r\n\r\n'),
  refused('malformed-head:fields', 400, 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'),
  refused('malformed-head:host', 400, 'GET / HTTP/1.1\r\n\r\n'),
  refused('malformed-head:framing', 400, get.replace('\r\n\r\n', '\r\nContent-Length: x\r\n\r\n')),
  refused('malformed-head:target', 400, get.replace('/ ', 'x ')),
  refused('not-implemented', 501, get.replace('GET', 'get')),
  refused('version-not-supported', 505, get.replace('1.1', '1.2')),
  refused('target-too-long', 414, get.replace('/ ', `/${'x'.repeat(9_000)} `)),
  refused('head-too-large', 431, `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`),
  refused('expectation-failed', 417, get.replace('\r\n\r\n', '\r\nExpect: x\r\n\r\n')),
  refused(
    'max-forwards',
    405,
    get.replace('GET', 'TRACE').replace('\r\n\r\n', '\r\nMax-Forwards: 0\r\n\r\n'),
  ),
  refused('head-timeout', 408, 'GET / HTTP/1.1\r\n', short({ clientHeadMs: 50 })),
  refused('loop', 508, get.replace('\r\n\r\n', '\r\nVia: 1.1 evenkeel-test\r\n\r\n')),
  refused('body-too-large', 413, post, { limits: { bodyBytes: 8 } }),
  refused(
    'malformed-body',
    400,
    get.replace('GET', 'POST').replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\nx'),
  ),
  refused('body-too-slow', 408, post, short({ bodyIdleMs: 50 })),
  refused('total-timeout', 504, get, short({ totalMs: 50 })),
  broke('response-timeout', 504, silent, short({ responseHeadMs: 50 })),
  broke('response-reset', 502, ({ socket }) => socket.end()),
  broke('response-malformed:status-line', 502, ({ socket }) => socket.write('hello\r\n\r\n')),
  broke('response-malformed:head-too-large', 502, ({ socket }) =>
    socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`),
  ),
  broke('response-malformed:fields', 502, ({ socket }) =>
    socket.write('HTTP/1.1 200 OK\r\nX : 1\r\n\r\n'),
  ),
  broke('response-malformed:framing', 502, ({ socket }) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'),
  ),
  broke('response-malformed:interim', 502, ({ socket }) =>
    socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(20)),
  ),
  broke('response-malformed:body', 502, ({ socket }) =>
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n'),
  ),
  broke('response-malformed:switch', 502, ({ socket }) =>
    socket.write('HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n'),
  ),
  // What was cut off is no success, whatever its head said.
  broke('response-truncated', 502, ({ socket }) => socket.end(head)),
  broke('response-timeout', 504, ({ socket }) => socket.write(head), short({ bodyIdleMs: 50 })),
  {
    ...{ reason: 'client-left', end: 'client-left', status: 499, request: get, behave: silent },
    meanwhile: (client) => client.close(),
  },
  {
    ...{ reason: 'drain-timeout', end: 'refused', status: 499, request: get, behave: silent },
    meanwhile: () => void stand.front.drain(20),
  },
];

for (const { reason, end, status, request = get, behave = silent, options, meanwhile } of CAUSES) {
  test(`${reason || 'a whole response'}: ${status}, ${end}`, async () => {
    const cluster = { retries: { ...neverAgain } };
    await startOne(behave, { cluster, ...options });
    const client = await RawClient.open(stand.port);
    client.send(request);
    if (meanwhile !== undefined) {
      await untilTrue(() => backend.received !== '', 'the request');
      meanwhile(client);
    }
    await stand.logged(1);
    expect(stand.log).toMatchObject([{ status, end, reason }]);
    seen.add(reason);
    client.close();
  });
}

/** Those that need more than one request to one backend, and the tests that provoke them over real sockets. */
const ELSEWHERE = {
  'client-too-slow': 'connections.test.ts',
  'resources-exhausted': 'exhaustion.test.ts',
  'address-denied': 'operations.test.ts',
  'rate-limited': 'operations.test.ts',
  redirected: 'operations.test.ts',
  'fixed-response': 'operations.test.ts',
  'host-missing': 'operations.test.ts',
};

test.each(Object.entries(ELSEWHERE))('%s is provoked by %s', (reason, file) => {
  expect(readFileSync(join(import.meta.dirname, file), 'utf8')).toContain(reason);
});

const seen = new Set<string>();
afterAll(() => {
  expect([...new Set([...seen, ...Object.keys(ELSEWHERE)])].sort()).toEqual(
    ['', ...Object.keys(REASONS)].sort(),
  );
});

const neverAgain = {
  after: () => ({ again: 'no', marksDown: false }) as const,
  delayMs: () => 0,
  isBudgeted: false,
};

/** Sends the request on a connection of its own. @returns what the record says of it */
async function ask(request = get): Promise<(typeof stand.log)[number]> {
  const logged = stand.log.length;
  const client = await RawClient.open(stand.port);
  client.send(request);
  await stand.logged(logged + 1);
  client.close();
  const entry = stand.log.at(-1)!;
  seen.add(entry.reason);
  return entry;
}

test('no backend ready, none that listens, one that does not answer, and a full queue', async () => {
  const gone = await startRawBackend(silent);
  await gone.stop();
  const deaf = await startDeafListener();
  await startOne(
    silent,
    { cluster: { retries: neverAgain, queueLength: 0 }, ...short({ connectMs: 50 }) },
    { maxConnections: 1 },
  );
  const first = await RawClient.open(stand.port);
  first.send(get);
  await untilTrue(() => backend.received !== '', 'the request');
  expect(await ask()).toMatchObject({ reason: 'queue-full', end: 'refused', status: 503 });
  const { pool } = stand.cluster;
  const broke = { end: 'backend-broke' };
  pool.update([{ id: 'gone', address: gone.address }]);
  expect(await ask()).toMatchObject({ reason: 'connect-refused', ...broke, status: 502 });
  pool.update([{ id: 'deaf', address: deaf.address }]);
  expect(await ask()).toMatchObject({ reason: 'connect-timeout', ...broke, status: 504 });
  pool.update([]);
  expect(await ask()).toMatchObject({ reason: 'no-backend-ready', end: 'refused', status: 503 });
  first.close();
  await deaf.stop();
});

test('a wait in the queue that is too long, and what was waited is told', async () => {
  const cluster = { retries: neverAgain, queueTimeoutMs: 30 };
  await startOne(silent, { cluster }, { maxConnections: 1 });
  const first = await RawClient.open(stand.port);
  first.send(get);
  await untilTrue(() => backend.received !== '', 'the request');
  const entry = await ask();
  expect(entry).toMatchObject({ reason: 'queue-timeout', end: 'refused', status: 503, tries: [] });
  expect(entry.queueMs).toBeGreaterThanOrEqual(25);
  first.close();
});

test('a strategy that fails', async () => {
  const strategy = () => ({
    pick: (): never => {
      throw new Error('broken');
    },
  });
  await startOne(silent, { cluster: { strategy } });
  expect(await ask()).toMatchObject({ reason: 'policy-error', end: 'refused', status: 500 });
});

test('an answer that was taken back for a retry, after which there was no backend left', async () => {
  const again = { again: 'same', marksDown: false } as const;
  const delayMs = (): number => {
    // While it waits for its turn the backend leaves.
    stand.cluster.pool.update([]);
    return 0;
  };
  const busy = 'HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n';
  await startOne(answering(busy), {
    cluster: { retries: { ...neverAgain, after: () => again, delayMs } },
  });
  expect(await ask()).toMatchObject({
    ...{ reason: 'response-status', end: 'backend-broke', status: 503 },
    tries: [{ backend: 'b0', status: 503, outcome: 'response-status' }],
  });
});

test('a host that no route names, and a path of several readings', async () => {
  await startOne(silent);
  const service = serviceOf('one', stand.cluster);
  const other = serviceOf('other', stand.cluster);
  stand.front.update({
    routes: [
      { host: 'a', service },
      { host: 'a', prefix: '/admin', service: other },
    ],
    timeouts: DEFAULT_TIMEOUTS,
    limits: DEFAULT_LIMITS,
    forwarding: FORWARDING,
    upgrades: DEFAULT_UPGRADES,
  });
  expect(await ask(get.replace('Host: a', 'Host: b'))).toMatchObject({
    ...{ reason: 'no-route', end: 'refused', status: 404 },
  });
  expect(await ask(get.replace('/ ', '/x/..%2fadmin '))).toMatchObject({
    ...{ reason: 'ambiguous-target', end: 'refused', status: 400 },
  });
});

test('each attempt is told: backend, times, outcome', async () => {
  let asked = 0;
  await startOne((connection) => {
    asked += 1;
    if (asked === 1) connection.socket.end();
    else connection.socket.write(OK, 'latin1');
  });
  const { attempts, tries } = await ask();
  expect(attempts).toBe(2);
  expect(tries).toMatchObject([
    { backend: 'b0', outcome: 'response-reset', status: 0, firstByteMs: -1 },
    { backend: 'b0', outcome: 'ok', status: 200 },
  ]);
  for (const { connectMs } of tries) expect(connectMs).toBeGreaterThanOrEqual(0);
  expect(tries[1]!.firstByteMs).toBeGreaterThanOrEqual(0);
});

test('bodies are counted without heads, on both sides', async () => {
  await startOne(answering(OK, (received) => received.endsWith('abcdefghi')));
  const entry = await ask(`${post}defghi`);
  expect(entry).toMatchObject({ reason: '', requestBodyBytes: 9, responseBodyBytes: 2 });
  expect(entry.responseBytes).toBeGreaterThan(entry.responseBodyBytes);
  const refused = await ask('GET\r\n\r\n');
  expect(refused.responseBodyBytes).toBe('400 Bad Request\n'.length);
});
