/** What a client sends is read again as soon as it can be taken again, whoever says so and when. */

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TimerWheel } from '../wheel.ts';
import { Intake } from './intake.ts';

const server = createServer({ pauseOnConnect: true });
let client: Socket;
let accepted: Socket;
let intake: Intake | undefined;

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = once(server, 'connection');
  client = connect((server.address() as { port: number }).port, '127.0.0.1');
  [accepted] = (await connection) as [Socket];
});

afterEach(async () => {
  client.destroy();
  intake?.socket.destroy();
  server.close();
  await once(server, 'close');
});

test('a pause that is taken back during the same offer does not last', async () => {
  const taken: string[] = [];
  const rest = Promise.withResolvers<void>();
  intake = new Intake(accepted, new TimerWheel(), (bytes, at, to) => {
    taken.push(bytes.toString('latin1', at, to));
    if (taken.length === 1) {
      intake?.read(false);
      intake?.goOn();
      client.write('rest');
    } else rest.resolve();
    return to;
  });
  client.write('head');
  await rest.promise;
  expect(taken).toEqual(['head', 'rest']);
});
