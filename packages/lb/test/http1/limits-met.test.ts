/** The other side of each limit and rule: what must still be accepted. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { answering, OK, type RawBackend, startRawBackend } from '../support/raw-backend.ts';
import { roundTrip, statusOf } from '../support/raw-client.ts';
import { type Stand, startStand } from '../support/stand.ts';

let backend: RawBackend;
let stand: Stand;

beforeAll(async () => {
  backend = await startRawBackend(answering(OK, () => true));
  stand = await startStand([backend.address]);
});

afterAll(async () => {
  await stand.stop();
  await backend.stop();
});

const END = 'Connection: close\r\n\r\n';
const H = 'Host: a\r\n';
const chunked = (body: string): string =>
  `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n${END}${body}`;
const TARGET = `/${'a'.repeat(8191)}`;

const CASES: readonly (readonly [string, string])[] = [
  ['a target at the limit', `GET ${TARGET} HTTP/1.1\r\n${H}${END}`],
  ['as many fields as the limit', `GET / HTTP/1.1\r\n${H}${'X: a\r\n'.repeat(98)}${END}`],
  ['one empty line before the request line', `\r\nGET / HTTP/1.1\r\n${H}${END}`],
  ['an unknown method', `FROB / HTTP/1.1\r\n${H}${END}`],
  ['a field name of odd characters', `GET / HTTP/1.1\r\n${H}!#$%&'*+-.^_\`|~9Z: a\r\n${END}`],
  ['bytes above 0x7f in a value', `GET / HTTP/1.1\r\n${H}X: \xe9\xff\r\n${END}`],
  ['an empty value', `GET / HTTP/1.1\r\n${H}X:\r\n${END}`],
  ['white space around a value', `GET / HTTP/1.1\r\n${H}X: \t a \t\r\n${END}`],
  ['an IPv6 Host with a port', `GET / HTTP/1.1\r\nHost: [::1]:80\r\n${END}`],
  ['HTTP/1.0 without Host', 'GET / HTTP/1.0\r\n\r\n'],
  ['chunked in capitals', `POST / HTTP/1.1\r\n${H}Transfer-Encoding: CHUNKED\r\n${END}0\r\n\r\n`],
  ['an extension at the limit', chunked(`1;${'x'.repeat(255)}\r\na\r\n0\r\n\r\n`)],
  ['leading zeros in a chunk size', chunked('00000000000001\r\na\r\n0\r\n\r\n')],
  ['trailers', chunked('0\r\nX-Sum: a\r\n\r\n')],
  ['a length with leading zeros', `POST / HTTP/1.1\r\n${H}Content-Length: 01\r\n${END}a`],
];

for (const [what, bytes] of CASES) {
  test(`${what} is accepted`, async () => {
    expect(statusOf(await roundTrip(stand.port, bytes))).toBe(200);
  });
}

test('a head of exactly the limit is accepted, one byte more is 431', async () => {
  const head = (size: number): string => {
    const rest = `GET / HTTP/1.1\r\n${H}X: \r\n${END}`.length;
    return `GET / HTTP/1.1\r\n${H}X: ${'a'.repeat(size - rest)}\r\n${END}`;
  };
  expect(statusOf(await roundTrip(stand.port, head(16_384)))).toBe(200);
  expect(statusOf(await roundTrip(stand.port, head(16_385)))).toBe(431);
});
