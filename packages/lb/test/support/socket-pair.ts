/** The two ends of one TCP connection, anew for each test of the file that imports them. */

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach } from 'vitest';

const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });

export let client: Socket;
/** The other end, paused; the test that takes it over ends what it made of it. */
export let accepted: Socket;

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = once(server, 'connection');
  client = connect((server.address() as { port: number }).port, '127.0.0.1');
  const connected = once(client, 'connect');
  [accepted] = (await connection) as [Socket];
  await connected;
});

afterEach(async () => {
  client.destroy();
  accepted.destroy();
  server.close();
  await once(server, 'close');
});
