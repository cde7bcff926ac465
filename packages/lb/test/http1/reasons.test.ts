/** How each request ended, and the one short reason that the record gives for it. */

import { expect, test } from 'vitest';
import { backend, stand, startOne } from '../support/one-backend.ts';
import { answering, type Behaviour, OK, startRawBackend } from '../support/raw-backend.ts';
import { RawClient } from '../support/raw-client.ts';
import { type StandOptions, untilTrue } from '../support/stand.ts';

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
  broke('response-truncated', 200, ({ socket }) => socket.end(head)),
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
    client.close();
  });
}

const neverAgain = {
  after: () => ({ again: 'no', marksDown: false }) as const,
  delayMs: () => 0,
  isBudgeted: false,
};

test('no backend ready, none that listens, and a full queue', async () => {
  const gone = await startRawBackend(silent);
  await gone.stop();
  await startOne(
    silent,
    { cluster: { retries: neverAgain, queueLength: 0 } },
    { maxConnections: 1 },
  );
  const ask = async (): Promise<void> => {
    const logged = stand.log.length;
    const client = await RawClient.open(stand.port);
    client.send(get);
    await stand.logged(logged + 1);
    client.close();
  };
  const first = await RawClient.open(stand.port);
  first.send(get);
  await untilTrue(() => backend.received !== '', 'the request');
  await ask();
  stand.cluster.pool.update([{ id: 'gone', address: gone.address }]);
  await ask();
  stand.cluster.pool.update([]);
  await ask();
  expect(stand.log.map(({ reason, end }) => [reason, end])).toEqual([
    ['queue-full', 'refused'],
    ['connect-refused', 'backend-broke'],
    ['no-backend-ready', 'refused'],
  ]);
  first.close();
});
