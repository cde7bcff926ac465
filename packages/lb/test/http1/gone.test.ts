/** A client that has left is noticed while its request runs, whatever it had sent ahead. */

import { expect, test } from 'vitest';
import { backend, stand, startOne } from '../support/one-backend.ts';
import { RawClient } from '../support/raw-client.ts';
import { untilTrue } from '../support/stand.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const UPGRADE = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';

const AHEAD: readonly (readonly [string, string])[] = [
  ['nothing', GET],
  ['an empty line', `${GET}\r\n`],
  ['the next request', `${GET}${GET}`],
  ['bytes for a tunnel', `${UPGRADE}hello`],
];

for (const [what, bytes] of AHEAD) {
  test.each([
    ['its end', (client: RawClient) => client.socket.end()],
    ['a reset', (client: RawClient) => client.socket.resetAndDestroy()],
  ])(`with ${what} sent ahead, %s ends the request at the backend`, async (_, leave) => {
    await startOne(() => {});
    const client = await RawClient.open(stand.port);
    client.send(bytes);
    await untilTrue(() => backend.received.endsWith('\r\n\r\n'), 'the request');
    leave(client);
    await stand.logged(1);
    expect(stand.log).toMatchObject([{ status: 499, backend: 'b0' }]);
    await untilTrue(() => backend.connections[0]!.ended, 'the end at the backend');
    client.close();
  });
}
