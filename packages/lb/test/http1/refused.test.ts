/** What is refused from the request alone: the right status, the connection closed, and no backend ever dialled. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { answering, OK, type RawBackend, startRawBackend } from '../support/raw-backend.ts';
import { roundTrip, statusOf } from '../support/raw-client.ts';
import { type Stand, startStand } from '../support/stand.ts';

let backend: RawBackend;
let stand: Stand;

beforeAll(async () => {
  backend = await startRawBackend(answering(OK));
  stand = await startStand([backend.address], { limits: { bodyBytes: 1_000_000 } });
});

afterAll(async () => {
  await stand.stop();
  await backend.stop();
});

const H = 'Host: a\r\n';
const get = (fields: string): string => `GET / HTTP/1.1\r\n${fields}\r\n`;
const post = (fields: string, body = ''): string => `POST / HTTP/1.1\r\n${H}${fields}\r\n${body}`;
const chunked = (body: string): string => post('Transfer-Encoding: chunked\r\n', body);

const CASES: readonly (readonly [number, string, string])[] = [
  // The head's grammar
  [400, 'a bare LF after the start line', 'GET / HTTP/1.1\nHost: a\r\n\r\n'],
  [400, 'a bare LF after a field', 'GET / HTTP/1.1\r\nHost: a\n\r\n'],
  [400, 'a bare LF as the empty line', 'GET / HTTP/1.1\r\nHost: a\r\n\n'],
  [400, 'a bare CR in a value', get('Host: a\r\nX: a\rb\r\n')],
  [400, 'a bare CR in the start line', 'GET /\r HTTP/1.1\r\nHost: a\r\n\r\n'],
  [400, 'NUL in a value', get(`${H}X: a\0b\r\n`)],
  [400, 'a control byte in a value', get(`${H}X: a\x01b\r\n`)],
  [400, 'DEL in a value', get(`${H}X: a\x7fb\r\n`)],
  [400, 'NUL in a name', get(`${H}X\0: a\r\n`)],
  [400, 'a name that is not a token', get(`${H}X(y): a\r\n`)],
  [400, 'a name with a byte above 0x7f', get(`${H}X\xe9: a\r\n`)],
  [400, 'an empty name', get(`${H}: a\r\n`)],
  [400, 'a line without a colon', get(`${H}Xa\r\n`)],
  [400, 'a space before the colon', get(`${H}X : a\r\n`)],
  [400, 'a tab before the colon', get(`${H}X\t: a\r\n`)],
  [400, 'a folded line', get(`${H}X: a\r\n b\r\n`)],
  [400, 'a line folded with a tab', get(`${H}X: a\r\n\tb\r\n`)],
  [400, 'white space after the start line', 'GET / HTTP/1.1\r\n Host: a\r\nHost: b\r\n\r\n'],
  // The start line
  [400, 'a method that is not a token', `G@T / HTTP/1.1\r\n${H}\r\n`],
  [400, 'no method', ` / HTTP/1.1\r\n${H}\r\n`],
  [400, 'no target', `GET HTTP/1.1\r\n${H}\r\n`],
  [400, 'two spaces before the target', `GET  / HTTP/1.1\r\n${H}\r\n`],
  [400, 'two spaces after the target', `GET /  HTTP/1.1\r\n${H}\r\n`],
  [400, 'a space in the target', `GET /a b HTTP/1.1\r\n${H}\r\n`],
  [400, 'a tab in the target', `GET /a\tb HTTP/1.1\r\n${H}\r\n`],
  [400, 'NUL in the target', `GET /a\0b HTTP/1.1\r\n${H}\r\n`],
  [400, 'a non-ASCII target', `GET /\xe9 HTTP/1.1\r\n${H}\r\n`],
  [400, 'a fragment', `GET /a#b HTTP/1.1\r\n${H}\r\n`],
  [400, 'a target that is no path', `GET a HTTP/1.1\r\n${H}\r\n`],
  [400, 'an asterisk for GET', `GET * HTTP/1.1\r\n${H}\r\n`],
  [400, 'an unknown scheme', `GET ftp://a/ HTTP/1.1\r\n${H}\r\n`],
  [400, 'user information in the target', `GET http://u@a/ HTTP/1.1\r\n${H}\r\n`],
  [400, 'an empty authority', `GET http:///a HTTP/1.1\r\n${H}\r\n`],
  [400, 'a port that is no number', `GET http://a:b/ HTTP/1.1\r\n${H}\r\n`],
  [400, 'a port out of range', `GET http://a:65536/ HTTP/1.1\r\n${H}\r\n`],
  [400, 'no version', `GET /\r\n${H}\r\n`],
  [400, 'a version in lower case', `GET / http/1.1\r\n${H}\r\n`],
  [400, 'a malformed version', `GET / HTTP/1.x\r\n${H}\r\n`],
  [400, 'white space after the version', `GET / HTTP/1.1 \r\n${H}\r\n`],
  [505, 'version 2.0', `GET / HTTP/2.0\r\n${H}\r\n`],
  [505, 'version 1.2', `GET / HTTP/1.2\r\n${H}\r\n`],
  [505, 'version 0.9', `GET / HTTP/0.9\r\n${H}\r\n`],
  [505, 'the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  // Host
  [400, 'HTTP/1.1 without Host', get('')],
  [400, 'two Hosts', get('Host: a\r\nHost: a\r\n')],
  [400, 'two Hosts in HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n'],
  [400, 'an empty Host', get('Host: \r\n')],
  [400, 'a Host with a path', get('Host: a/b\r\n')],
  [400, 'a Host with user information', get('Host: u@a\r\n')],
  [400, 'a list as Host', get('Host: a, b\r\n').replace(', ', ' ')],
  [400, 'an open bracket as Host', get('Host: [::1\r\n')],
  [400, 'a bad escape in Host', get('Host: a%zz\r\n')],
  // Framing
  [400, 'both framings', post('Content-Length: 3\r\nTransfer-Encoding: chunked\r\n', 'abc')],
  [
    400,
    'both framings, the other way',
    post('Transfer-Encoding: chunked\r\nContent-Length: 3\r\n', '0\r\n\r\n'),
  ],
  [
    400,
    'Transfer-Encoding in HTTP/1.0',
    'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  [501, 'an unknown coding', post('Transfer-Encoding: gzip\r\n')],
  [501, 'identity', post('Transfer-Encoding: identity\r\n')],
  [501, 'an unknown coding before chunked', post('Transfer-Encoding: gzip, chunked\r\n')],
  [501, 'a prefix of chunked', post('Transfer-Encoding: chunke\r\n')],
  [501, 'an extension of chunked', post('Transfer-Encoding: xchunked\r\n')],
  [400, 'chunked not last', post('Transfer-Encoding: chunked, gzip\r\n')],
  [400, 'chunked twice in a list', post('Transfer-Encoding: chunked, chunked\r\n')],
  [400, 'chunked twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n')],
  [
    400,
    'chunked, in another case, twice',
    post('Transfer-Encoding: chunked\r\ntransfer-encoding: Chunked\r\n'),
  ],
  [400, 'quoted chunked', post('Transfer-Encoding: "chunked"\r\n')],
  [400, 'an empty coding', post('Transfer-Encoding: \r\n')],
  [400, 'a list of one with a comma', post('Transfer-Encoding: chunked,\r\n')],
  [400, 'chunked with a vertical tab', post('Transfer-Encoding: \x0bchunked\r\n')],
  [400, 'chunked with a tab', post('Transfer-Encoding: chunked\t\r\n')],
  [400, 'a length with a tab', post('Content-Length:\t3\r\n', 'abc')],
  [400, 'chunked with a parameter', post('Transfer-Encoding: chunked;a=b\r\n')],
  [400, 'a negative length', post('Content-Length: -1\r\n')],
  [400, 'a length with a sign', post('Content-Length: +3\r\n', 'abc')],
  [400, 'a hexadecimal length', post('Content-Length: 0x3\r\n', 'abc')],
  [400, 'a fractional length', post('Content-Length: 3.0\r\n', 'abc')],
  [400, 'a length with a space', post('Content-Length: 1 1\r\n')],
  [400, 'an empty length', post('Content-Length: \r\n')],
  [400, 'a length above 2^53 − 1', post('Content-Length: 9007199254740992\r\n')],
  [400, 'a length beyond 64 bits', post('Content-Length: 99999999999999999999999\r\n')],
  [400, 'two lengths', post('Content-Length: 3\r\nContent-Length: 4\r\n')],
  [400, 'two equal lengths', post('Content-Length: 3\r\nContent-Length: 3\r\n', 'abc')],
  [400, 'equal lengths in a list', post('Content-Length: 3, 3\r\n', 'abc')],
  [400, 'two lengths, in another case', post('Content-Length: 3\r\ncontent-LENGTH: 4\r\n')],
  [400, 'two lengths in a list', post('Content-Length: 3, 4\r\n')],
  [400, 'a list with an empty length', post('Content-Length: 3,\r\n')],
  [400, 'Content.Length', post('Content.Length: 3\r\n')],
  [400, 'Transfer~Encoding', post('transfer~encoding: chunked\r\n')],
  [400, 'a raw UTF-8 target', get(H).replace('/ ', '/caf\xc3\xa9 ')],
  [400, 'Content_Length', post('Content_Length: 3\r\n')],
  [400, 'Transfer_Encoding', post('Transfer_Encoding: chunked\r\n')],
  [
    400,
    'Content-Length as a hop-by-hop field',
    post('Connection: content-length\r\nContent-Length: 3\r\n', 'abc'),
  ],
  [400, 'Host as a hop-by-hop field', get(`${H}Connection: Host\r\n`)],
  [400, 'Connection that is no list of tokens', get(`${H}Connection: "close"\r\n`)],
  // Chunks that came with the head
  [400, 'a chunk size with a sign', chunked('+1\r\na\r\n0\r\n\r\n')],
  [400, 'a negative chunk size', chunked('-1\r\na\r\n0\r\n\r\n')],
  [400, 'a chunk size with 0x', chunked('0x1\r\na\r\n0\r\n\r\n')],
  [400, 'a space before the chunk size', chunked(' 1\r\na\r\n0\r\n\r\n')],
  [400, 'a space after the chunk size', chunked('1 \r\na\r\n0\r\n\r\n')],
  [400, 'a space before the extension', chunked('1 ;x\r\na\r\n0\r\n\r\n')],
  [400, 'no chunk size', chunked('\r\na\r\n0\r\n\r\n')],
  [400, 'an overflowing chunk size', chunked('ffffffffffffffff1\r\na\r\n0\r\n\r\n')],
  [400, 'a chunk size above 2^53 − 1', chunked('20000000000000\r\n')],
  [400, 'a bare LF after the chunk size', chunked('1\na\r\n0\r\n\r\n')],
  [400, 'a bare LF after the chunk', chunked('1\r\na\n0\r\n\r\n')],
  [400, 'a chunk longer than its size', chunked('1\r\nab\r\n0\r\n\r\n')],
  [400, 'a bare LF at the end', chunked('1\r\na\r\n0\r\n\n')],
  [400, 'a bare CR in an extension', chunked('1;a\rb\r\na\r\n0\r\n\r\n')],
  [400, 'a bare LF in an extension', chunked('1;a\nb\r\na\r\n0\r\n\r\n')],
  [400, 'an extension with an open quote', chunked('1;a="b\r\na\r\n0\r\n\r\n')],
  [400, 'an extension without a name', chunked('1;\r\na\r\n0\r\n\r\n')],
  [400, 'an over-long extension', chunked(`1;${'x'.repeat(257)}\r\na\r\n0\r\n\r\n`)],
  [400, 'an over-long trailer section', chunked(`0\r\nX: ${'x'.repeat(8192)}\r\n\r\n`)],
  [400, 'a malformed trailer', chunked('0\r\nX : a\r\n\r\n')],
  [400, 'framing in the trailers', chunked('0\r\nContent-Length: 3\r\n\r\n')],
  [400, 'a bare LF in the trailers', chunked('0\r\nX: a\nY: b\r\n\r\n')],
  // Limits, and what is not done here
  [501, 'CONNECT', 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n'],
  [501, 'a known method in lower case', `get / HTTP/1.1\r\n${H}\r\n`],
  [501, 'a known method in mixed case', `hEAD / HTTP/1.1\r\n${H}\r\n`],
  [501, 'a method of WebDAV in lower case', `propfind / HTTP/1.1\r\n${H}\r\n`],
  [417, 'an unknown expectation', post('Expect: 200-ok\r\nContent-Length: 3\r\n', 'abc')],
  [414, 'a target over the limit', `GET /${'a'.repeat(8192)} HTTP/1.1\r\n${H}\r\n`],
  [414, 'a target without end', `GET /${'a'.repeat(9000)}`],
  [431, 'a head over the limit', get(`${H}X: ${'a'.repeat(16_384)}\r\n`)],
  [431, 'a head without end', `GET / HTTP/1.1\r\n${`X: ${'a'.repeat(1000)}\r\n`.repeat(17)}`],
  [431, 'a method without end', 'G'.repeat(20_000)],
  [431, 'more fields than the limit', get(H + 'X: a\r\n'.repeat(100))],
  [413, 'a declared body over the limit', post('Content-Length: 1000001\r\n')],
];

for (const [status, what, bytes] of CASES) {
  test(`${what} is ${status}`, async () => {
    const answer = await roundTrip(stand.port, bytes);
    expect(statusOf(answer)).toBe(status);
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
    // One answer, and nothing of what follows a refused head is taken for a request.
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(backend.connections).toHaveLength(0);
  });
}

test('a chunked body that grows over the limit is 413', async () => {
  const answer = await roundTrip(stand.port, chunked(`f4241\r\n${'a'.repeat(100)}`));
  expect(statusOf(answer)).toBe(413);
  expect(backend.connections).toHaveLength(0);
});

test('whatever was refused is logged with its status and without a backend', () => {
  expect(stand.log.length).toBe(CASES.length + 1);
  expect(stand.log.map(({ status }) => status)).toEqual([...CASES.map(([status]) => status), 413]);
  expect(stand.log.every(({ backend: id, attempts }) => id === '' && attempts === 0)).toBe(true);
});
