/** What a client is sent of a backend's response, for each framing and each version. */

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RawBackend, type SeenConnection, startRawBackend } from '../support/raw-backend.ts';
import { RawClient, roundTrip, statusOf } from '../support/raw-client.ts';
import { type Stand, startStand, untilTrue } from '../support/stand.ts';

let backend: RawBackend;
let stand: Stand;
let response = '';
let thenEnds = false;
/** The connection that was asked last. */
let used: SeenConnection | undefined;

beforeAll(async () => {
  backend = await startRawBackend((connection, bytes) => {
    if (!bytes.endsWith('\r\n\r\n')) return;
    used = connection;
    if (thenEnds) connection.socket.end(response, 'latin1');
    else connection.socket.write(response, 'latin1');
  });
  stand = await startStand([backend.address]);
});

beforeEach(() => {
  thenEnds = false;
});

afterAll(async () => {
  await stand.stop();
  await backend.stop();
});

const HEAD = 'HTTP/1.1 200 OK\r\nDate: x\r\n';
const close11 = (method = 'GET'): string =>
  `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
const GET11 = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const GET10 = 'GET / HTTP/1.0\r\n\r\n';

async function answerTo(request: string): Promise<string> {
  return roundTrip(stand.port, request);
}

test('status line, fields, their order and duplicates pass', async () => {
  response =
    'HTTP/1.1 299 Odd \xe9 Reason\r\nSet-Cookie: a\r\nDate: x\r\nset-cookie: b\r\nX: \xff\r\nContent-Length: 1\r\n\r\n!';
  expect(await answerTo(close11())).toBe(
    response.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
  );
});

test('an HTTP/1.0 response goes on as 1.1, and a missing Date is added', async () => {
  response = 'HTTP/1.0 200\r\nContent-Length: 1\r\n\r\n!';
  thenEnds = true;
  const answer = await answerTo(close11());
  expect(answer).toMatch(
    /^HTTP\/1\.1 200\r\nContent-Length: 1\r\nConnection: close\r\nDate: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\r\n\r\n!$/,
  );
});

test('hop-by-hop fields stay here', async () => {
  response = `${HEAD}Connection: keep-alive, X-Drop\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nUpgrade: h2\r\nX-Drop: 1\r\nTrailer: X\r\nContent-Length: 0\r\n\r\n`;
  expect(await answerTo(close11())).toBe(
    `${HEAD}Trailer: X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  );
});

test('a chunked body passes as it is, trailers included, extensions dropped', async () => {
  response = `${HEAD}Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n`;
  const answer = await answerTo(close11());
  expect(answer).toBe(
    `${HEAD}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n`,
  );
});

for (const size of ['3 ', '3\t', '3 ;a=b', '3; a=b', '3 ; a = "b" ; c ', '003;a\t']) {
  test(`the chunk-size line ${JSON.stringify(size)} of a response is understood`, async () => {
    response = `${HEAD}Transfer-Encoding: chunked\r\n\r\n${size}\r\nabc\r\n0 \r\n\r\n`;
    const digits = /^\d+/.exec(size)?.[0];
    expect(await answerTo(close11())).toBe(
      `${HEAD}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${digits}\r\nabc\r\n0\r\n\r\n`,
    );
  });
}

for (const lengths of ['Content-Length: 3\r\ncontent-length: 3', 'Content-Length: 3, 3 ,3']) {
  test(`${JSON.stringify(lengths)} of a response is one length`, async () => {
    response = `${HEAD}${lengths}\r\nX: 1\r\n\r\nabc`;
    expect(await answerTo(close11())).toBe(
      `${HEAD}X: 1\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc`,
    );
  });
}

test('a body until close becomes chunked for HTTP/1.1', async () => {
  response = `${HEAD}\r\nabc`;
  thenEnds = true;
  const client = await RawClient.open(stand.port);
  client.send(GET11);
  await client.untilReceived('0\r\n\r\n');
  expect(client.received).toBe(`${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`);
  expect(client.ended).toBe(false);
  client.close();
});

test('for HTTP/1.0 chunks are taken off and the connection is closed at the end', async () => {
  response = `${HEAD}Transfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n`;
  const request = 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n';
  expect(await answerTo(request)).toBe(`${HEAD}Connection: close\r\n\r\nabcde`);
});

test('for HTTP/1.0 a body until close passes as it is', async () => {
  response = `${HEAD}\r\nabc`;
  thenEnds = true;
  expect(await answerTo(GET10)).toBe(`${HEAD}Connection: close\r\n\r\nabc`);
});

test('HTTP/1.0 keeps its connection when it asks for it and the body has a length', async () => {
  response = `${HEAD}Content-Length: 1\r\n\r\n!`;
  const client = await RawClient.open(stand.port);
  const whole = `${HEAD}Content-Length: 1\r\nConnection: keep-alive\r\n\r\n!`;
  client.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
  await client.until(() => client.received === whole);
  client.send(GET10);
  await client.untilEnded();
  expect(client.received).toBe(`${whole}${HEAD}Content-Length: 1\r\nConnection: close\r\n\r\n!`);
  client.close();
});

test('no body after HEAD, 204 and 304, whatever the fields say', async () => {
  const client = await RawClient.open(stand.port);
  const expectNext = async (request: string, expected: string): Promise<void> => {
    client.received = '';
    client.send(request);
    await client.until(() => client.received.length >= expected.length);
    expect(client.received).toBe(expected);
  };
  response = `${HEAD}Content-Length: 5\r\n\r\n`;
  await expectNext('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n', response);
  response = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
  await expectNext('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n', response);
  response = 'HTTP/1.1 304 Not Modified\r\nDate: x\r\nContent-Length: 5\r\n\r\n';
  await expectNext(GET11, response);
  response = 'HTTP/1.1 204 No Content\r\nDate: x\r\nContent-Length: 5\r\n\r\n';
  await expectNext(GET11, 'HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n');
  response = 'HTTP/1.1 204 No Content\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n';
  await expectNext(GET11, 'HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n');
  client.close();
});

test('bytes after the end are never forwarded and end the backend connection', async () => {
  response = `${HEAD}Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`;
  const client = await RawClient.open(stand.port);
  client.send(GET11);
  await client.untilReceived('ok');
  const used = backend.connections.at(-1)!;
  await untilTrue(() => used.ended, 'the end of the poisoned connection');
  response = `${HEAD}Content-Length: 4\r\n\r\ngood`;
  client.send(GET11);
  await client.untilReceived('good');
  expect(client.received).not.toContain('poison');
  client.close();
});

test('1xx are forwarded to HTTP/1.1 and not to 1.0', async () => {
  const final = `${HEAD}Content-Length: 0\r\n\r\n`;
  response = `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: x\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${final}`;
  const closing = final.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
  expect(await answerTo(close11())).toBe(
    `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${closing}`,
  );
  expect(await answerTo(GET10)).toBe(closing);
});

const UNACCEPTABLE: readonly (readonly [string, string])[] = [
  ['both framings', `${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['an unknown coding', `${HEAD}Transfer-Encoding: gzip\r\n\r\nabc`],
  [
    'chunked twice',
    `${HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['differing lengths', `${HEAD}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc`],
  ['a malformed length', `${HEAD}Content-Length: 3x\r\n\r\nabc`],
  ['a folded line', `${HEAD}X: a\r\n b\r\nContent-Length: 0\r\n\r\n`],
  ['a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
  ['a space before the colon', `${HEAD}Content-Length : 0\r\n\r\n`],
  ['a bad status', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n'],
  ['another version', 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['no HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ['a head over the limit', `${HEAD}X: ${'a'.repeat(16_384)}\r\n\r\n`],
  ['too many fields', `${HEAD}${'X: a\r\n'.repeat(100)}\r\n`],
  [
    'Transfer-Encoding in HTTP/1.0',
    'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'a 101 without an offer',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
  ],
  [
    'a malformed chunk right behind the head',
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n`,
  ],
  ['equal and differing lengths', `${HEAD}Content-Length: 3, 3\r\nContent-Length: 4\r\n\r\nabc`],
  ['an empty length in a list', `${HEAD}Content-Length: 3,\r\n\r\nabc`],
  ['a blank before the chunk size', `${HEAD}Transfer-Encoding: chunked\r\n\r\n 3\r\nabc`],
  ['a blank within the chunk size', `${HEAD}Transfer-Encoding: chunked\r\n\r\n0 3\r\nabc`],
  ['a storm of 1xx', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(50)],
];

for (const [what, bytes] of UNACCEPTABLE) {
  test(`a response with ${what} is 502, and its connection is destroyed`, async () => {
    response = bytes;
    const answer = await answerTo(GET10.replace('GET', 'POST'));
    expect(statusOf(answer.slice(answer.lastIndexOf('HTTP/1.1 ')))).toBe(502);
    expect(answer).not.toContain('abc');
    await untilTrue(() => used!.ended, 'the end of the connection');
  });
}

const CUT_SHORT: readonly (readonly [string, string])[] = [
  ['with a length', `${HEAD}Content-Length: 10\r\n\r\nabc`],
  ['in the middle of a chunk', `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nabc`],
  ['between chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`],
  ['before the last empty line', `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n`],
];

for (const [what, bytes] of CUT_SHORT) {
  for (const request of [GET11, GET10]) {
    test(`a body cut short ${what} never looks whole (HTTP/1.${request === GET10 ? 0 : 1})`, async () => {
      // Written apart, so that the head is out when the end comes.
      response = bytes;
      const client = await RawClient.open(stand.port);
      client.send(request);
      await client.until(() => client.received !== '' || client.closed);
      thenEnds = true;
      used!.socket.end();
      await client.until(() => client.closed);
      expect(client.received).not.toMatch(/0\r\n\r\n$/);
      expect(client.wasReset).toBe(true);
    });
  }
}

test('a malformed chunk after the head was passed on resets the client', async () => {
  response = `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`;
  const client = await RawClient.open(stand.port);
  client.send(GET11);
  await client.untilReceived('abc');
  used!.socket.write('xyz\r\n');
  await client.until(() => client.closed);
  expect(client.wasReset).toBe(true);
});
