import { afterEach, expect, test } from 'vitest';
import { answering, OK, type RawBackend, startRawBackend } from '../support/raw-backend.ts';
import { RawClient } from '../support/raw-client.ts';
import { type Stand, startStand } from '../support/stand.ts';

let backend: RawBackend;
let stand: Stand;

afterEach(async () => {
  await stand.stop();
  await backend.stop();
});

test('a GET reaches the backend and its response the client', async () => {
  backend = await startRawBackend(answering(OK));
  stand = await startStand([backend.address]);
  const client = await RawClient.open(stand.port);
  client.send('GET /a%2Fb?c=d HTTP/1.1\r\nHost: example.org\r\nX-One: 1\r\n\r\n');
  await client.untilReceived('ok');
  expect(client.received).toBe(OK);
  expect(backend.received).toMatch(
    /^GET \/a%2Fb\?c=d HTTP\/1\.1\r\nHost: example\.org\r\nX-One: 1\r\nX-Forwarded-For: 127\.0\.0\.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: example\.org\r\nVia: 1\.1 evenkeel-test\r\nX-Request-Id: [^\r]+\r\n\r\n$/,
  );
  client.close();
});
