/** A write that skips the machinery of streams is, for everybody, a write. */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DirectSocket, writeBytes } from './direct-socket.ts';

let server: Server;
let peers: Socket[];
beforeAll(async () => {
  peers = [];
  server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (peer) => peers.push(peer));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  for (const peer of peers) peer.destroy();
  server.close();
});

async function connected(
  socket: Socket = new DirectSocket({ allowHalfOpen: true }),
): Promise<{ socket: Socket; peer: Socket }> {
  const peer = nextPeer();
  socket.connect(portOf(server), '127.0.0.1');
  await once(socket, 'connect');
  return { socket, peer: await peer };
}

async function nextPeer(): Promise<Socket> {
  const [peer] = await once(server, 'connection');
  return peer as Socket;
}

function portOf(listening: Server): number {
  return (listening.address() as AddressInfo).port;
}

async function readAll(peer: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of peer) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Writes until something has to wait. */
function fill(socket: Socket, written: Buffer[]): void {
  while (socket.writableLength === 0) {
    const bytes = randomBytes(300_000);
    written.push(bytes);
    writeBytes(socket, bytes);
  }
}

test('what the system takes at once passes the stream by, and leaves nothing behind', async () => {
  const { socket, peer } = await connected();
  const byStream = vi.spyOn(socket, '_write');
  expect(writeBytes(socket, Buffer.from('one '))).toBe(true);
  expect(writeBytes(socket, Buffer.from('two'))).toBe(true);
  expect(socket.writableLength).toBe(0);
  expect(socket.bytesWritten).toBe(7);
  expect(byStream).not.toHaveBeenCalled();
  socket.end();
  expect((await readAll(peer)).toString()).toBe('one two');
});

test('bytes keep their order, whichever way each of them takes', async () => {
  const { socket, peer } = await connected();
  const written: Buffer[] = [];
  fill(socket, written);
  for (let i = 0; i < 5; i++) {
    // Behind the one that waits: a buffer, a text, a buffer with a callback.
    const bytes = Buffer.from(`<${i}>`);
    written.push(bytes);
    if (i % 3 === 0) writeBytes(socket, bytes);
    else if (i % 3 === 1) socket.write(bytes.toString('latin1'), 'latin1');
    else socket.write(bytes, () => {});
  }
  expect(socket.writableNeedDrain).toBe(true);
  const all = readAll(peer);
  await once(socket, 'drain');
  expect(socket.writableLength).toBe(0);
  const last = Buffer.from('the last');
  written.push(last);
  writeBytes(socket, last);
  socket.end();
  expect((await all).equals(Buffer.concat(written))).toBe(true);
  expect(socket.bytesWritten).toBe(Buffer.concat(written).length);
});

test('an end behind bytes that wait comes after them', async () => {
  const { socket, peer } = await connected();
  const written: Buffer[] = [];
  fill(socket, written);
  socket.end('bye');
  written.push(Buffer.from('bye'));
  expect((await readAll(peer)).equals(Buffer.concat(written))).toBe(true);
});

test('bytes that wait go with a socket that is destroyed, without an error', async () => {
  const { socket } = await connected();
  fill(socket, []);
  const errors: unknown[] = [];
  socket.on('error', (error) => errors.push(error));
  socket.destroy();
  await once(socket, 'close');
  expect(errors).toEqual([]);
});

test('a write to a peer that has reset is an error of the socket, as ever', async () => {
  // All in one turn of the event loop: nothing else tells the socket of the reset.
  const told = async (socket: Socket, peer: Socket): Promise<unknown> => {
    peer.resetAndDestroy();
    writeBytes(socket, Buffer.from('x'));
    const [error] = await once(socket, 'error');
    const { message, code, errno, syscall } = error as NodeJS.ErrnoException;
    return { message, code, errno, syscall, isDestroyed: socket.destroyed };
  };
  const direct = await connected(new DirectSocket());
  const usual = await connected(new Socket());
  const expected = await told(usual.socket, usual.peer);
  expect(expected).toMatchObject({ syscall: 'write' });
  expect(await told(direct.socket, direct.peer)).toEqual(expected);
});

test('a write after the end is refused, and one before the connection waits for it', async () => {
  const { socket } = await connected();
  socket.end();
  const failed = once(socket, 'error');
  writeBytes(socket, Buffer.from('late'));
  expect((await failed)[0]).toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' });

  const peer = nextPeer();
  const early = new DirectSocket().connect(portOf(server), '127.0.0.1');
  writeBytes(early, Buffer.from('early'));
  early.end();
  expect((await readAll(await peer)).toString()).toBe('early');
});
