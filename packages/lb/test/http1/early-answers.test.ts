/** A backend that answers before it has the whole request: its answer is not lost, whatever it does next. */

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { RawClient } from '../support/raw-client.ts';
import { type Stand, startStand, untilTrue } from '../support/stand.ts';

const ANSWER =
  'HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig';

let stand: Stand | undefined;
const server = createServer({ pauseOnConnect: true });

afterEach(async () => {
  await stand?.stop();
  server.close();
  server.removeAllListeners('connection');
});

test('an answer before a reset reaches the client, though the next write fails', async () => {
  let connection: Socket | undefined;
  server.on('connection', (socket) => {
    // Reads nothing, so that closing resets the connection.
    socket.on('error', () => {});
    connection = socket;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stand = await startStand([`127.0.0.1:${(server.address() as AddressInfo).port}`]);
  for (let i = 0; i < 25; i++) {
    connection = undefined;
    const client = await RawClient.open(stand.port);
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc');
    await untilTrue(() => connection !== undefined, 'the connection');
    await new Promise((done) => setTimeout(done, 5));
    // The front hears of these in this order: it writes to a connection that has been reset.
    client.send('more');
    connection!.write(ANSWER);
    connection!.destroy();
    await client.untilEnded();
    expect(client.received).toMatch(/^HTTP\/1\.1 413 [\s\S]*big$/);
    client.close();
  }
  expect(stand.log.every(({ status, end }) => status === 413 && end === 'complete')).toBe(true);
});
