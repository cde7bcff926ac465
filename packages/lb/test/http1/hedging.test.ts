/** A second try beside a slow first one, over real sockets: the first answer counts, the other try is cut. */

import type { HedgePolicy } from '@evenkeel/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OK, type RawBackend, startRawBackend } from '../support/raw-backend.ts';
import { RawClient, statusOf } from '../support/raw-client.ts';
import { type Stand, startStand, untilTrue } from '../support/stand.ts';

const hedge: HedgePolicy = { observe: () => {}, delayMs: () => 10 };
const BODY = 'abcdef';
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const PUT = `PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

let stand: Stand;
let backends: RawBackend[];
let client: RawClient;

/** Both are silent until a test lets them answer. */
beforeEach(async () => {
  backends = [await startRawBackend(() => {}), await startRawBackend(() => {})];
  stand = await startStand(
    backends.map(({ address }) => address),
    { cluster: { hedge } },
  );
  client = await RawClient.open(stand.port);
});

afterEach(async () => {
  client.close();
  await stand.stop();
  for (const backend of backends) await backend.stop();
});

const untilAsked = (which: number, end = '\r\n\r\n'): Promise<void> =>
  untilTrue(() => backends[which]!.received.endsWith(end), `backend ${which} was asked`);

const untilCut = (which: number): Promise<void> =>
  untilTrue(() => backends[which]!.connections.every(({ closed }) => closed), `${which} is cut`);

const respond = (which: number, response = OK): void => {
  backends[which]!.connections.at(-1)!.socket.write(response);
};

test.each([0, 1])(
  'the answer of backend %i counts, the other connection is cut',
  async (winner) => {
    client.send(GET);
    await untilAsked(1);
    respond(winner);
    await client.untilReceived('ok');
    await untilCut(1 - winner);
    expect(client.received.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(stand.cluster.pool.members.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
    const outcomes = [0, 1].map((i) => (i === winner ? 'ok' : 'cancelled'));
    expect(stand.log).toMatchObject([
      {
        ...{ status: 200, attempts: 2, backend: `b${winner}`, end: 'complete', reason: '' },
        tries: outcomes.map((outcome, i) => ({ backend: `b${i}`, outcome })),
      },
    ]);
  },
);

test('a body that is kept is sent whole to both', async () => {
  client.send(PUT);
  await untilAsked(0, BODY);
  await untilAsked(1, BODY);
  respond(1);
  await client.untilReceived('ok');
  expect(backends.map(({ received }) => received.match(/^PUT/gm)?.length)).toEqual([1, 1]);
});

test('what is not idempotent is sent once, however long it takes', async () => {
  client.send(PUT.replace('PUT', 'POST'));
  await untilAsked(0, BODY);
  await new Promise((done) => setTimeout(done, 100));
  respond(0);
  await client.untilReceived('ok');
  expect(backends[1]!.connections).toEqual([]);
  expect(stand.log).toMatchObject([{ attempts: 1 }]);
});

test.each([0, 1])('when backend %i fails, the answer of the other counts', async (failing) => {
  client.send(GET);
  await untilAsked(1);
  if (failing === 0) respond(0, 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
  else backends[1]!.connections[0]!.socket.resetAndDestroy();
  const failures = (): number => stand.cluster.pool.members[failing]!.failures;
  await untilTrue(() => failures() === 1, 'the failure is counted');
  expect(client.received).toBe('');
  respond(1 - failing);
  await client.untilReceived('ok');
  expect(statusOf(client.received)).toBe(200);
  expect(stand.log).toMatchObject([{ attempts: 2, backend: `b${1 - failing}` }]);
});

test('when both fail, the client gets one answer', async () => {
  client.send(GET);
  await untilAsked(1);
  for (const { connections } of backends) connections[0]!.socket.resetAndDestroy();
  await client.untilReceived('\r\n\r\n');
  expect(statusOf(client.received)).toBe(502);
  expect(stand.log).toMatchObject([{ attempts: 2, end: 'backend-broke' }]);
});

test('a client that leaves ends both', async () => {
  client.send(GET);
  await untilAsked(1);
  client.close();
  await stand.logged(1);
  await untilCut(0);
  await untilCut(1);
  expect(stand.log).toMatchObject([{ end: 'client-left', attempts: 2 }]);
});

test('the connection of the client and the one that won serve the next request', async () => {
  for (let request = 1; request <= 3; request++) {
    client.received = '';
    client.send(GET);
    const asked = (): number => backends[1]!.received.split('GET').length - 1;
    await untilTrue(() => asked() === request, 'the second is asked');
    respond(1);
    await client.untilReceived('ok');
    await untilCut(0);
    // The next first try goes to the first backend again.
    stand.cluster.pool.setStrategy({
      pick: (all) => all.find(({ id }) => id === 'b0') ?? all[0]!,
    });
  }
  expect(backends[1]!.connections).toHaveLength(1);
});
