/** Leaving without dropping a request, and changing the configuration under running requests. */

import { createCluster, seededRandom } from '@evenkeel/core';
import { afterEach, expect, test } from 'vitest';
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS, DEFAULT_UPGRADES } from '../../src/http1/settings.ts';
import { answering, OK, type RawBackend, startRawBackend } from '../support/raw-backend.ts';
import { RawClient, roundTrip, statusOf } from '../support/raw-client.ts';
import {
  FORWARDING,
  inTurn,
  type Stand,
  serviceOf,
  startStand,
  untilTrue,
} from '../support/stand.ts';

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

async function keep<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  running.push(started);
  return started;
}

const GET = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n';

test('draining closes idle connections and lets requests finish, which say close', async () => {
  const backend: RawBackend = await keep(startRawBackend(() => {}));
  const stand: Stand = await keep(startStand([backend.address]));
  const idle = await RawClient.open(stand.port);
  const busy = await RawClient.open(stand.port);
  busy.send(GET);
  await untilTrue(() => backend.received !== '', 'the request');
  const drained = stand.front.drain(10_000);
  await idle.untilEnded();
  idle.close();
  expect(busy.ended).toBe(false);
  backend.connections[0]!.socket.write(OK);
  await busy.untilEnded();
  expect(busy.received).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\nConnection: close\r\n[\s\S]*ok$/);
  busy.close();
  await drained;
  expect(stand.front.connections).toEqual({ client: 0, upstream: 0 });
});

test('a first request that was on its way when draining began is answered', async () => {
  const backend: RawBackend = await keep(
    startRawBackend((connection) => connection.socket.write(OK)),
  );
  const stand: Stand = await keep(startStand([backend.address]));
  const [late, silent] = [await RawClient.open(stand.port), await RawClient.open(stand.port)];
  await untilTrue(() => stand.front.connections.client === 2, 'both are accepted');
  const drained = stand.front.drain(60_000);
  late.send(GET);
  await late.untilEnded();
  expect(late.received).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\nConnection: close\r\n/);
  late.close();
  // One that stays silent does not hold up the end for long.
  await silent.untilEnded();
  silent.close();
  await drained;
});

test('before the end, answers say close on connections old and new, and all are served', async () => {
  const backend = await keep(startRawBackend(answering(OK)));
  const stand = await keep(startStand([backend.address]));
  const old = await RawClient.open(stand.port);
  old.send(GET);
  await old.untilReceived('ok');
  expect(old.received).not.toContain('Connection: close');
  stand.front.announceEnd();
  const fresh = await RawClient.open(stand.port);
  for (const client of [old, fresh]) {
    client.send(GET);
    await client.untilEnded();
    expect(client.received).toMatch(/\r\nConnection: close\r\n[\s\S]*ok$/);
    client.close();
  }
});

test('draining ends after its time, whatever still runs', async () => {
  const backend = await keep(startRawBackend(() => {}));
  const stand = await keep(startStand([backend.address]));
  const busy = await RawClient.open(stand.port);
  busy.send(GET);
  await untilTrue(() => backend.received !== '', 'the request');
  await stand.front.drain(100);
  expect(stand.cluster.pool.inFlight).toBe(0);
  await busy.until(() => busy.closed || busy.ended);
  busy.close();
});

test('a request keeps the configuration that it began with, the next one meets the new', async () => {
  const old = await keep(startRawBackend(() => {}));
  const fresh = await keep(startRawBackend(answering(OK)));
  const stand = await keep(startStand([old.address]));
  const client = await RawClient.open(stand.port);
  client.send(GET);
  await untilTrue(() => old.received !== '', 'the request');
  const random = seededRandom(3);
  const cluster = createCluster({ clock: stand.clock, random, strategy: inTurn });
  cluster.update([{ id: 'n', address: fresh.address }]);
  stand.front.update({
    routes: [{ service: serviceOf('new', cluster) }],
    timeouts: DEFAULT_TIMEOUTS,
    limits: DEFAULT_LIMITS,
    forwarding: FORWARDING,
    upgrades: DEFAULT_UPGRADES,
  });
  expect(
    statusOf(await roundTrip(stand.port, GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))),
  ).toBe(200);
  expect(fresh.connections).toHaveLength(1);
  old.connections[0]!.socket.write(OK);
  await client.untilReceived('ok');
  client.close();
  expect(stand.log.map(({ service }) => service)).toEqual(['new', 'main']);
  // The retired service keeps no connection.
  await untilTrue(() => old.connections[0]!.ended, 'the old connection to go');
  cluster.close();
});

test('a front that has ended hears of no service any more', async () => {
  const backend = await keep(startRawBackend(answering(OK)));
  let listeners = 0;
  const onDeparted = (): (() => void) => {
    listeners += 1;
    return () => {
      listeners -= 1;
    };
  };
  const stand = await keep(startStand([backend.address], { service: { onDeparted } }));
  expect(
    statusOf(await roundTrip(stand.port, GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))),
  ).toBe(200);
  expect(listeners).toBe(1);
  await stand.front.drain(1_000);
  expect(listeners).toBe(0);
});
