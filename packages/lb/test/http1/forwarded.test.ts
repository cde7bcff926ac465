/** What backends are told of the client: by us, and by trusted peers alone. */

import { BlockList } from 'node:net';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS, DEFAULT_UPGRADES } from '../../src/http1/settings.ts';
import { backend, stand, startOne } from '../support/one-backend.ts';
import { answering, OK } from '../support/raw-backend.ts';
import { RawClient } from '../support/raw-client.ts';
import { FORWARDING, serviceOf } from '../support/stand.ts';

const trustedProxies = new BlockList();
trustedProxies.addSubnet('127.0.0.0', 8);

/** What the backend gets of these fields. */
async function forwarded(client: RawClient, fields: string): Promise<string> {
  const before = backend.received.length;
  const answers = client.received.length;
  client.send(`GET / HTTP/1.1\r\nHost: a:81\r\n${fields}\r\n`);
  await client.until(() => client.received.endsWith('ok') && client.received.length > answers);
  return backend.received.slice(before);
}

const CLAIMS = [
  'X-Forwarded-For',
  'x-forwarded-proto',
  'X-Forwarded-Host',
  'X-Forwarded-Port',
  'X-Forwarded-Prefix',
  'X-Forwarded-Server',
  'X-Forwarded',
  'X-Real-IP',
  'Forwarded',
  'X_Forwarded_For',
  'X.Forwarded.For',
  'x-forwarded_host',
  'X~Real~IP',
  'X_REAL_IP',
];

test('no spelling of a forwarding field from an untrusted peer reaches a backend', async () => {
  await startOne(answering(OK));
  const client = await RawClient.open(stand.port);
  for (const name of CLAIMS) {
    const head = await forwarded(client, `${name}: 6.6.6.6\r\nX-Real-Ipx: kept\r\nX-Fo: kept\r\n`);
    expect(head, name).not.toContain('6.6.6.6');
    expect(head.match(/kept/g)).toHaveLength(2);
    expect(head).toContain(
      `X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: ${stand.port}\r\nX-Forwarded-Host: a:81\r\n`,
    );
  }
  client.close();
});

test('of a trusted peer the family passes, disguises do not, and Forwarded grows by our hop', async () => {
  await startOne(answering(OK), { forwarding: { trustedProxies } });
  const client = await RawClient.open(stand.port);
  const head = await forwarded(
    client,
    'X-Forwarded-Prefix: /p\r\nX-Real-IP: 1.2.3.4\r\nX-Forwarded-Port: 443\r\nX_Forwarded_For: 6.6.6.6\r\nForwarded: for=_hidden, for="[2001:db8::1]"\r\n',
  );
  expect(head).toContain('\r\nX-Forwarded-Prefix: /p\r\n');
  expect(head).toContain('\r\nX-Real-IP: 1.2.3.4\r\n');
  expect(head).toContain('\r\nX-Forwarded-Port: 443\r\n');
  expect(head).not.toContain('6.6.6.6');
  expect(head).toContain(
    '\r\nForwarded: for=_hidden, for="[2001:db8::1]", for=127.0.0.1;proto=http;host="a:81"\r\n',
  );
  expect(stand.log[0]?.clientAddress).toBe('2001:db8::1');
  client.close();
});

test('trust follows the configuration of the moment, on a connection that is open already too', async () => {
  await startOne(answering(OK), { forwarding: { trustedProxies } });
  const client = await RawClient.open(stand.port);
  const claim = 'X-Forwarded-For: 6.6.6.6\r\n';
  expect(await forwarded(client, claim)).toContain('6.6.6.6');
  stand.front.update({
    routes: [{ service: serviceOf('main', stand.cluster) }],
    timeouts: DEFAULT_TIMEOUTS,
    limits: DEFAULT_LIMITS,
    forwarding: FORWARDING,
    upgrades: DEFAULT_UPGRADES,
  });
  expect(await forwarded(client, claim)).not.toContain('6.6.6.6');
  expect(stand.log.map(({ clientAddress }) => clientAddress)).toEqual(['6.6.6.6', '127.0.0.1']);
  client.close();
});
