/** What a client sends is read again as soon as it can be taken again, whoever says so and when. */

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Intake } from './intake.ts';

const server = createServer();
let client: Socket;
let socket: Socket;

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  client = connect((server.address() as { port: number }).port, '127.0.0.1');
  [socket] = (await accepted) as [Socket];
});

afterEach(async () => {
  client.destroy();
  socket.destroy();
  server.close();
  await once(server, 'close');
});

test('a pause that is taken back during the same offer does not last', async () => {
  const taken: string[] = [];
  const rest = Promise.withResolvers<void>();
  const intake = new Intake(socket, (bytes) => {
    taken.push(bytes.toString());
    if (taken.length === 1) {
      intake.read(false);
      intake.goOn();
      client.write('rest');
    } else rest.resolve();
    return bytes.length;
  });
  client.write('head');
  await rest.promise;
  expect(taken).toEqual(['head', 'rest']);
});
