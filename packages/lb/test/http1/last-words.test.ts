/** The last response on a connection arrives whole however slowly it is taken, or is cut off visibly. */

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchWrites } from '../support/held-up.ts';
import { backend, stand, startOne } from '../support/one-backend.ts';
import type { Behaviour } from '../support/raw-backend.ts';
import { RawClient } from '../support/raw-client.ts';
import { type StandOptions, untilTrue } from '../support/stand.ts';

/** Longer than a client may linger after the last byte. */
const PAUSE_MS = 3_000;
const HEAD = 'HTTP/1.1 200 OK\r\nDate: x\r\n';

/** A client that reads nothing, and a response that ends as soon as some of it is held up. */
async function heldUp(options: StandOptions): Promise<{ client: RawClient; bodyBytes: number }> {
  const piece = Buffer.alloc(16_384);
  const isHeldUp = watchWrites(({ localPort }) => localPort === stand.port);
  let bodyBytes = 0;
  const pouring: Behaviour = ({ socket }) => {
    socket.write(`${HEAD}\r\n`);
    const timer = setInterval(() => {
      if (isHeldUp()) {
        clearInterval(timer);
        socket.end();
      } else {
        socket.write(piece);
        bodyBytes += piece.length;
      }
    }, 2);
    socket.on('close', () => clearInterval(timer));
  };
  await startOne(pouring, options);
  const client = await RawClient.open(stand.port);
  client.socket.pause();
  client.send('GET / HTTP/1.0\r\n\r\n');
  await stand.logged(1);
  expect(isHeldUp()).toBe(true);
  return { client, bodyBytes };
}

test('a client that pauses before the end still gets all of it', async () => {
  const { client, bodyBytes } = await heldUp({});
  await sleep(PAUSE_MS);
  client.socket.resume();
  await client.untilEnded();
  expect(client.received.length).toBe(`${HEAD}Connection: close\r\n\r\n`.length + bodyBytes);
  client.close();
});

test('a client that never takes the end is reset after bodyIdleMs, not told that it was all', async () => {
  const { client } = await heldUp({ timeouts: { bodyIdleMs: 300 } });
  await untilTrue(() => stand.front.connections.client === 0, 'its connection to be given up');
  client.socket.resume();
  await client.until(() => client.closed);
  expect(client.wasReset).toBe(true);
});

test('a response that the drain timeout cuts off does not look whole', async () => {
  await startOne(({ socket }) => socket.write(`${HEAD}\r\nhalf`));
  const client = await RawClient.open(stand.port);
  client.send('GET / HTTP/1.0\r\n\r\n');
  await client.untilReceived('half');
  await stand.front.drain(50);
  await client.until(() => client.closed);
  expect(client.wasReset).toBe(true);
});

test('a client that half-closes after its response still gets all of it', async () => {
  const { client, bodyBytes } = await heldUp({});
  client.socket.end();
  await sleep(100);
  client.socket.resume();
  await client.untilEnded();
  expect(client.received.length).toBe(`${HEAD}Connection: close\r\n\r\n`.length + bodyBytes);
  client.close();
});

test('a client that goes on with a refused body, and listens only then, still gets the answer', async () => {
  await startOne(() => {}, { limits: { bodyBytes: 1_000 } });
  const client = await RawClient.open(stand.port);
  client.socket.pause();
  const bytes = 8 * 1024 * 1024;
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`);
  await new Promise((resolve) => client.socket.write(Buffer.alloc(bytes), resolve));
  client.socket.resume();
  await client.untilEnded();
  expect(client.received).toMatch(/^HTTP\/1\.1 413 /);
  expect(client.wasReset).toBe(false);
  expect(backend.connections).toEqual([]);
  client.close();
});
