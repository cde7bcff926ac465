/** What a client sends is read again as soon as it can be taken again. */

import { expect, test } from 'vitest';
import { accepted, client } from '../../test/support/socket-pair.ts';
import { TimerWheel } from '../wheel.ts';
import { ClientInput } from './client-input.ts';

test('a pause that is taken back during the same offer does not last', async () => {
  const taken: string[] = [];
  const rest = Promise.withResolvers<void>();
  const intake = new ClientInput(accepted, new TimerWheel(), {
    take,
    refused: () => {},
  });
  client.write('head');
  await rest.promise;
  expect(taken).toEqual(['head', 'rest']);
  intake.socket.destroy();

  function take(bytes: Buffer, at: number, to: number): number {
    taken.push(bytes.toString('latin1', at, to));
    if (taken.length === 1) {
      intake.read(false);
      intake.goOn();
      client.write('rest');
    } else rest.resolve();
    return to;
  }
});
