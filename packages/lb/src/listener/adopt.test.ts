/** An accepted connection is read into the shared buffer where Node lets us, and by events elsewhere. */

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { accepted, client } from '../../test/support/socket-pair.ts';
import { INPUT_BUFFER } from '../input-buffer.ts';
import { adopt } from './adopt.ts';

/** A socket as it would be in a Node that does not show its handle. */
function withoutHandle(socket: Socket): Socket {
  return new Proxy(socket, {
    get(target, key): unknown {
      if (key === '_handle') return undefined;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

test.each([
  ['this Node', (socket: Socket) => socket, true],
  ['a Node without handles', withoutHandle, false],
])(
  '%s: what the client sends arrives, then its end; the answer goes back',
  async (_, as, isShared) => {
    let received = '';
    const buffers = new Set<Buffer>();
    const socket = adopt(as(accepted), (bytes, length) => {
      received += bytes.toString('latin1', 0, length);
      buffers.add(bytes);
    });
    client.end('question');
    await once(socket, 'end');
    expect(received).toBe('question');
    expect(buffers.has(INPUT_BUFFER)).toBe(isShared);
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.end('answer');
    client.setEncoding('latin1');
    const [answer] = await once(client, 'data');
    expect(answer).toBe('answer');
    await once(client, 'close');
  },
);

test('a pause stops it, and it goes on from there', async () => {
  let received = '';
  const socket = adopt(accepted, (bytes, length) => {
    received += bytes.toString('latin1', 0, length);
    socket.pause();
  });
  client.write('first');
  await expect.poll(() => received).toBe('first');
  await new Promise((resolve) => client.write(' second', resolve));
  await sleep(20);
  expect(received).toBe('first');
  socket.resume();
  await expect.poll(() => received).toBe('first second');
  socket.destroy();
});
