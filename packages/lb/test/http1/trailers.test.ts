/** Trailer sections: what is passed on, and that no byte of the rest reaches the other side. */

import { expect, test } from 'vitest';
import { backend, stand, startOne } from '../support/one-backend.ts';
import { OK } from '../support/raw-backend.ts';
import { RawClient, roundTrip, statusOf } from '../support/raw-client.ts';
import type { StandOptions } from '../support/stand.ts';

const chunked = (trailers: string, method = 'POST'): string =>
  `${method} / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n` +
  `3\r\nabc\r\n0\r\n${trailers}\r\n`;

/** What the backend is sent after the head. */
async function forwarded(trailers: string, options: StandOptions = {}): Promise<string> {
  await startOne(({ socket, received }) => {
    if (received.endsWith('0\r\n\r\n') || received.endsWith('\r\n0\r\nX-Sum: 1\r\n\r\n')) {
      socket.write(OK);
    }
  }, options);
  expect(statusOf(await roundTrip(stand.port, chunked(trailers)))).toBe(200);
  return backend.received.slice(backend.received.indexOf('\r\n\r\n') + 4);
}

test('a request trailer that a backend could take for a request is not passed on', async () => {
  expect(await forwarded('GET: /x HTTP/1.0\r\nA: /x HTTP/1.0\r\n')).toBe('3\r\nabc\r\n0\r\n\r\n');
});

test('a request trailer that the configuration names is passed on, in any case, and no other', async () => {
  const options = { forwarding: { requestTrailers: ['x-sum'] } };
  expect(await forwarded('A: 1\r\nX-Sum: 1\r\nX-Sum2: 2\r\n', options)).toBe(
    '3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n',
  );
});

test('framing in discarded trailers is still refused', async () => {
  await startOne(() => {});
  const answer = await roundTrip(stand.port, chunked('Transfer-Encoding: chunked\r\n'));
  expect(statusOf(answer)).toBe(400);
});

const RESPONSE =
  'HTTP/1.1 200 OK\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n';

test('of response trailers those are dropped that route, frame or authenticate', async () => {
  const dropped = ['Set-Cookie: a', 'X-Forwarded-For: b', 'Authorization: c', 'location: d'];
  await startOne(({ socket }) =>
    socket.write(`${RESPONSE}X-Sum: 1\r\n${dropped.join('\r\n')}\r\nServer-Timing: db\r\n\r\n`),
  );
  const client = await RawClient.open(stand.port);
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.untilReceived('db\r\n\r\n');
  expect(client.received).toMatch(/\r\n0\r\nX-Sum: 1\r\nServer-Timing: db\r\n\r\n$/);
  client.close();
});

test('trailers that come byte by byte are read in linear time', async () => {
  await startOne(
    ({ socket, received }) => {
      if (received.endsWith('0\r\n\r\n')) socket.write(OK);
    },
    { limits: { trailerBytes: 1_000_000, fields: 10_000 } },
  );
  const trailers = 'X: y\r\n'.repeat(9_000);
  const client = await RawClient.open(stand.port);
  const startedMs = performance.now();
  client.send(chunked(trailers).slice(0, -2));
  client.send('\r\n');
  await client.untilReceived('\r\n\r\n');
  expect(statusOf(client.received)).toBe(200);
  // Looked at anew with each line it took 9,000 × 9,000 / 2 lines, which is minutes.
  expect(performance.now() - startedMs).toBeLessThan(60_000);
  client.close();
});
