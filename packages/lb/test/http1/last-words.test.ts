/** The last response on a connection arrives whole however slowly it is taken, or is cut off visibly. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RawBackend, startRawBackend } from '../support/raw-backend.ts';
import { RawClient } from '../support/raw-client.ts';
import { type Stand, type StandOptions, startStand } from '../support/stand.ts';

/** Longer than a client may linger after the last octet. */
const PAUSE_MS = 3_000;
const HEAD = 'HTTP/1.1 200 OK\r\nDate: x\r\n';

let backend: RawBackend;
let stand: Stand;
/** The sockets that servers in this process have accepted. */
let accepted: Socket[] = [];
const note = (message: unknown): void => {
  accepted.push((message as { socket: Socket }).socket);
};

beforeEach(() => {
  accepted = [];
  subscribe('net.server.socket', note);
});

afterEach(async () => {
  unsubscribe('net.server.socket', note);
  await stand.stop();
  await backend.stop();
});

/** Whether some of the response waits in our own memory, because the system takes no more. */
function isHeldUp(): boolean {
  return accepted.some((socket) => socket.localPort === stand.port && socket.writableLength > 0);
}

/** A client that reads nothing, and a response that ends as soon as some of it is held up. */
async function heldUp(options: StandOptions): Promise<{ client: RawClient; bodyBytes: number }> {
  const piece = Buffer.alloc(16_384);
  let bodyBytes = 0;
  backend = await startRawBackend(({ socket }) => {
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
  });
  stand = await startStand([backend.address], options);
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
  await sleep(1_000);
  client.socket.resume();
  await client.until(() => client.closed);
  expect(client.wasReset).toBe(true);
});

test('a response that the drain timeout cuts off does not look whole', async () => {
  backend = await startRawBackend(({ socket }) => socket.write(`${HEAD}\r\nhalf`));
  stand = await startStand([backend.address]);
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
