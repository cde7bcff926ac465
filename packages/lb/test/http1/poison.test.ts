/** What a backend sends behind a response without a body never becomes the answer of another request. */

import { expect, test } from 'vitest';
import { backend, stand, startOne } from '../support/one-backend.ts';
import type { Behaviour } from '../support/raw-backend.ts';
import { RawClient, roundTrip } from '../support/raw-client.ts';
import { untilTrue } from '../support/stand.ts';

const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX: poison\r\n\r\npoison';
const GOOD = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood';

const ask = (method: string, path = '/'): string =>
  `${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;

const BODILESS: readonly [string, string, string][] = [
  ['HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n'],
  ['204', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
  ['304', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\n'],
  ['204 with a length', 'GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\n'],
];

/** Answers `/good` well, and anything else without a body, and `delayMs` later with more. */
function poisoning(head: string, delayMs: number | undefined): Behaviour {
  return ({ socket }, bytes) => {
    if (bytes.includes('/good')) socket.write(GOOD);
    else if (delayMs === undefined) socket.write(head + POISON);
    else socket.write(head, () => setTimeout(() => socket.write(POISON), delayMs));
  };
}

for (const [what, method, head] of BODILESS) {
  for (const delayMs of [undefined, 0, 10]) {
    test(`bytes ${delayMs ?? 'at once, not 0'} ms behind ${what} are no client's response`, async () => {
      await startOne(poisoning(head, delayMs));
      for (let i = 0; i < 5; i++) {
        const first = await RawClient.open(stand.port);
        const next = await RawClient.open(stand.port);
        first.send(ask(method).replace('Connection: close\r\n', ''));
        await first.untilReceived('\r\n\r\n');
        next.send(ask('GET', '/good'));
        await next.untilEnded();
        expect(next.received).toMatch(/good$/);
        for (const client of [first, next]) client.close();
      }
    });
  }
}

for (const delayMs of [0, 10]) {
  test(`a response that is the body of an interim one: the true one, ${delayMs} ms later, is not passed on`, async () => {
    await startOne(poisoning(`HTTP/1.1 103 Early Hints\r\n\r\n${GOOD}`, delayMs));
    for (let i = 0; i < 5; i++) {
      const first = await RawClient.open(stand.port);
      const next = await RawClient.open(stand.port);
      first.send(ask('GET').replace('Connection: close\r\n', ''));
      await first.untilReceived('good');
      next.send(ask('GET', '/good'));
      await next.untilEnded();
      expect(next.received).toMatch(/good$/);
      for (const client of [first, next]) client.close();
    }
  });
}

test('an endpoint that poisoned once is not trusted after a bodiless response again', async () => {
  await startOne(poisoning(BODILESS[0]![2], 0));
  await roundTrip(stand.port, ask('HEAD'));
  const [first] = backend.connections;
  await untilTrue(() => first!.ended, 'the end of the poisoned connection');
  await roundTrip(stand.port, ask('HEAD'));
  // Closed at once, not parked: there is nothing to wait for.
  expect(stand.front.connections.upstream).toBe(0);
});

test('a clean connection is used again after it was parked', async () => {
  await startOne(({ socket, received }) => {
    if (received.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 204 No Content\r\n\r\n');
  });
  await roundTrip(stand.port, ask('GET'));
  await new Promise<void>((done) => stand.clock.after(100, done));
  await roundTrip(stand.port, ask('GET'));
  expect(backend.connections).toHaveLength(1);
});

test('a connection whose 204 or 1xx speaks of a length is not used again', async () => {
  for (const head of [
    'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n',
    `HTTP/1.1 103 Early Hints\r\nContent-Length: 3\r\n\r\n${GOOD}`,
  ]) {
    await startOne(({ socket }) => socket.write(head));
    await roundTrip(stand.port, ask('GET'));
    await untilTrue(() => backend.connections[0]!.ended, 'the end of the connection');
    await stand.stop();
    await backend.stop();
  }
  await startOne(() => {});
});

test('a client that pipelines behind a HEAD is not held up', async () => {
  await startOne(({ socket, received }) => {
    if (received.endsWith('\r\n\r\n')) {
      socket.write(
        received.startsWith('HEAD') ? 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n' : GOOD,
      );
    }
  });
  const client = await RawClient.open(stand.port);
  client.send(`HEAD / HTTP/1.1\r\nHost: a\r\n\r\n${ask('GET')}`);
  await client.untilReceived('good');
  client.close();
});
