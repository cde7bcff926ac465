/** Resets over real sockets: whatever a connection is doing, it is closed at once and wholly. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { until } from '../test/program/support.ts';
import { resetConnection } from './reset.ts';

/** Much more than the system takes while the peer does not read. */
const MUCH = Buffer.alloc(32 * 1024 * 1024);

const doings: readonly [string, string, (socket: Socket) => unknown][] = [
  ['is idle', 'ECONNRESET', () => {}],
  ['has written', 'ECONNRESET', (socket) => socket.write('x')],
  ['has more to write than is taken', 'ECONNRESET', (socket) => socket.write(MUCH)],
  ['is ending behind more than is taken', 'ECONNRESET', (socket) => socket.end(MUCH)],
  ['is ending', 'end', (socket) => socket.end()],
  ['has ended', 'end', (socket) => once(socket.end(), 'finish')],
];

test.each(doings)('a connection that %s is closed: its peer sees %s', async (_, sees, act) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  const heard: unknown[] = [];
  peer.on('end', () => heard.push('end'));
  peer.on('error', ({ code }: NodeJS.ErrnoException) => heard.push(code));
  const [socket] = (await once(server, 'connection')) as [Socket];
  await act(socket);
  const peerClosed = new Promise((resolve) => peer.on('close', resolve));
  const closed = Promise.all([once(socket, 'close'), peerClosed]);
  resetConnection(socket);
  peer.resume();
  await closed;
  expect(heard[0]).toBe(sees);
  server.close();
  await once(server, 'close');
  await until(() => !process.getActiveResourcesInfo().includes('TCPSocketWrap'));
});
