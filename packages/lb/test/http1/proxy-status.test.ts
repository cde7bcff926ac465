/** The Proxy-Status field says why a response is none of a backend's, where the configuration wants that. */

import { afterEach, expect, test } from 'vitest';
import { proxyStatusLine } from '../../src/http1/proxy-status.ts';
import { REASONS, type Reason } from '../../src/reasons.ts';
import { answering, OK, type RawBackend, startRawBackend } from '../support/raw-backend.ts';
import { roundTrip } from '../support/raw-client.ts';
import { type Stand, startStand } from '../support/stand.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

let backend: RawBackend;
let stand: Stand;

async function start(proxyStatus: boolean): Promise<void> {
  backend = await startRawBackend(answering(OK));
  stand = await startStand([backend.address], { forwarding: { proxyStatus } });
}

afterEach(async () => {
  await stand.stop();
  await backend.stop();
});

test('our own answers have it, those of backends do not', async () => {
  await start(true);
  expect(await roundTrip(stand.port, GET)).not.toContain('Proxy-Status');
  stand.cluster.pool.update([]);
  expect(await roundTrip(stand.port, GET)).toContain(
    '\r\nProxy-Status: evenkeel-test; error=destination_unavailable; details="no-backend-ready"\r\n',
  );
  expect(await roundTrip(stand.port, 'GET\r\n\r\n')).toContain(
    '\r\nProxy-Status: evenkeel-test; error=http_request_error; details="malformed-head:request-line"\r\n',
  );
});

test('without the setting nothing is told', async () => {
  await start(false);
  expect(await roundTrip(stand.port, 'GET\r\n\r\n')).not.toContain('Proxy-Status');
  const names = Object.keys(REASONS) as Reason[];
  for (const reason of names) {
    const line = proxyStatusLine('9', reason);
    if (line !== '')
      expect(line).toMatch(/^Proxy-Status: "9"; error=[a-z_]+; details="[\w:-]+"\r\n$/);
  }
});
