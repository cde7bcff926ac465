/** Large buffers are for bytes on their way: what is silent holds none, and what is slow at most one. */

import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { BULK_BUFFERS, BulkBuffers } from '../../src/relay/bulk-buffers.ts';
import { killPrograms, startProgram, until } from '../program/support.ts';
import { startBalancing, startTcp } from './stand.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

afterEach(killPrograms);

/** A client that only counts. */
function openCounting(port: number): { readonly socket: Socket; bytes: number } {
  const socket = connect(port, '127.0.0.1');
  const counting = { socket, bytes: 0 };
  socket
    .on('error', () => {})
    .on('data', ({ length }) => {
      counting.bytes += length;
    });
  return counting;
}

// Those that fill both kinds of buffers exactly, by one byte more, and for longer than a turn of the loop.
test.each([64 * KIB, 64 * KIB + 1, (64 + 512) * KIB, (64 + 3 * 512) * KIB, 8 * MIB, 8 * MIB + 1])(
  'a connection that has fallen silent after %d bytes holds no large buffer',
  async (size) => {
    const backend = await startTcp((socket) => socket.write(Buffer.alloc(size)));
    const tcp = await startBalancing([backend]);
    const clients = [openCounting(tcp.port), openCounting(tcp.port)];
    await until(() => clients.every(({ bytes }) => bytes === size), 'all is there');
    expect(clients.map(({ socket }) => socket.readyState)).toEqual(clients.map(() => 'open'));
    await until(() => BULK_BUFFERS.inUse === 0, 'all are given back');
    for (const { socket } of clients) socket.destroy();
  },
);

test('one that does not read holds at most one, until it reads or is gone', async () => {
  const backend = await startTcp((socket) => socket.write(Buffer.alloc(32 * MIB)));
  const tcp = await startBalancing([backend]);
  const [slow, leaving] = [openCounting(tcp.port), openCounting(tcp.port)];
  for (const { socket } of [slow, leaving]) socket.pause();
  await until(() => BULK_BUFFERS.inUse > 0, 'the system takes no more');
  expect(BULK_BUFFERS.inUse).toBeLessThanOrEqual(2);
  leaving.socket.destroy();
  slow.socket.resume();
  await until(() => slow.bytes === 32 * MIB);
  await until(() => BULK_BUFFERS.inUse === 0, 'both are given back');
  slow.socket.destroy();
});

test('all together stay below one limit', () => {
  const buffers = new BulkBuffers(MIB);
  const taken = [buffers.take(), buffers.take()];
  expect(taken.map((buffer) => buffer?.length)).toEqual([512 * KIB, 512 * KIB]);
  expect(buffers.take()).toBeUndefined();
  buffers.give(taken[0] as Buffer);
  expect(buffers.take()).toBe(taken[0]);
});

test('where Node shows no handles, bytes pass by sockets', async () => {
  const backend = await startTcp((socket) => socket.write(Buffer.alloc(4 * MIB)));
  const flags = ['--mode', 'tcp', '--port', '0', '--backends', backend.url, '--health', 'off'];
  // Under the permission model it does not. Some versions have no permission for the network.
  const wanted = ['--permission', '--allow-fs-read=*', '--allow-fs-write=*', '--allow-net'];
  const known = process.allowedNodeEnvironmentFlags;
  const options = wanted.filter((option) => known.has(option.replace('=*', '')));
  const program = await startProgram(flags, { NODE_OPTIONS: options.join(' ') });
  const client = openCounting(Number(new URL(program.url).port));
  await until(() => client.bytes === 4 * MIB);
  client.socket.destroy();
});
