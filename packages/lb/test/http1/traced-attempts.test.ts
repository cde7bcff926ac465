/** Each backend is told of the span of its own attempt, however attempts overlap. */

import { afterEach, expect, test } from 'vitest';
import type { RequestTracer } from '../../src/observer.ts';
import { OK, type RawBackend, startRawBackend } from '../support/raw-backend.ts';
import { RawClient } from '../support/raw-client.ts';
import { type Stand, startStand, untilTrue } from '../support/stand.ts';

const TRACE = 'a'.repeat(32);
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const parentOf = (number: number): string => `${String(number + 1).padStart(16, '0')}-01`;

let stand: Stand;
let backends: RawBackend[] = [];
const ended: string[] = [];

const tracer: RequestTracer = {
  begin: () => ({
    ...{ traceId: TRACE, isSampled: true, tracestate: '' },
    attempt: (backend, _, number) => ({
      parent: parentOf(number),
      end: ({ outcome }) => ended.push(`${backend} ${outcome}`),
    }),
    end: () => ended.push('request'),
  }),
};

afterEach(async () => {
  await stand.stop();
  for (const backend of backends) await backend.stop();
});

/** What a backend was told on one connection. */
const parents = (which: number, connection: number): string[] =>
  [
    ...(backends[which]!.connections[connection]?.received ?? '').matchAll(
      new RegExp(`\r\ntraceparent: 00-${TRACE}-([^\r]{19})\r\n`, 'g'),
    ),
  ].map(([, parent]) => parent!);

test('a second try beside the first, which is sent again on a fresh connection', async () => {
  ended.length = 0;
  backends = [await startRawBackend(() => {}), await startRawBackend(() => {})];
  let delayMs = 60_000;
  stand = await startStand(
    backends.map(({ address }) => address),
    { tracer, cluster: { hedge: { observe: () => {}, delayMs: () => delayMs } } },
  );
  const client = await RawClient.open(stand.port);
  client.send(GET);
  await untilTrue(() => parents(0, 0).length === 1, 'the first is asked');
  backends[0]!.connections[0]!.socket.write(OK);
  await client.untilReceived('ok');

  // Next is the other one's turn, whose answer leaves the first connection as it is.
  client.send(GET);
  await untilTrue(() => parents(1, 0).length === 1, 'the second is asked');
  backends[1]!.connections[0]!.socket.write(OK);
  await untilTrue(() => client.received.split('ok').length === 3, 'it has answered');

  delayMs = 5;
  client.send(GET);
  await untilTrue(() => parents(1, 0).length === 2, 'both are asked');
  // A connection that was used before and is closed without an answer was stale.
  backends[0]!.connections[0]!.socket.end();
  await untilTrue(() => parents(0, 1).length === 1, 'the first is asked again');
  expect(parents(0, 0)).toEqual([parentOf(0), parentOf(0)]);
  expect(parents(1, 0)).toEqual([parentOf(0), parentOf(1)]);
  expect(parents(0, 1)).toEqual([parentOf(0)]);
  backends[1]!.connections[0]!.socket.write(OK);
  await stand.logged(3);
  expect(ended).toEqual([
    ...['b0 ok', 'request', 'b1 ok', 'request'],
    ...[expect.any(String), expect.any(String), 'request'],
  ]);
  expect(ended.slice(4, 6).sort()).toEqual(['b0 cancelled', 'b1 ok']);
  client.close();
});
