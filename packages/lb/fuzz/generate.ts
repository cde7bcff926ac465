/**
 * Requests to try parsers on: well-formed ones, put together from what is known to be read in
 * different ways, and then damaged in a few places.
 */

import type { Random } from '@evenkeel/core';

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'M-SEARCH',
  'QUERY',
];
const TARGETS = [
  '/',
  '/a?b=c',
  '/%2F..//',
  '*',
  'http://a/b',
  'http://a',
  '/a;b,c',
  "/!$&'()*+@:~",
  '/"<>^`{|}\\',
];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0'];
const HOSTS = ['Host: a', 'host:a:80', 'Host: [::1]', 'Host: a\r\nHost: a', ''];
const FIELDS = [
  'X: y',
  'X:',
  'X: \t y \t',
  'x-Long_name.1: a,b;c="d e"',
  'X: \xe9\xff',
  '__proto__: 1',
  'Connection: close',
  'Connection: keep-alive, X',
  'Connection: upgrade\r\nUpgrade: websocket',
  'Upgrade: h2c',
  'Expect: 100-continue',
  'TE: trailers',
  'Cookie: a=b; c=d',
  ' folded: no',
  'X : y',
  'X',
];
const BODIES: readonly (readonly [field: string, body: string])[] = [
  ['', ''],
  ['Content-Length: 0', ''],
  ['Content-Length: 5', 'hello'],
  ['content-length:5', 'hello'],
  ['Content-Length: 5, 5', 'hello'],
  ['Content-Length: 5\r\nContent-Length: 5', 'hello'],
  ['Content-Length: 05', 'hello'],
  ['Content-Length: +5', 'hello'],
  ['Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'],
  ['transfer-encoding:CHUNKED', 'A\r\n0123456789\r\n00\r\n\r\n'],
  ['Transfer-Encoding: chunked', '5;a=b\r\nhello\r\n0;c="d"\r\nX-Sum: 1\r\n\r\n'],
  ['Transfer-Encoding: chunked', '3\r\nabc\r\n0\r\nX: 1\r\nY: 2\r\n\r\n'],
  ['Transfer-Encoding: gzip, chunked', '0\r\n\r\n'],
  ['Transfer-Encoding: chunked\r\nContent-Length: 5', '0\r\n\r\n'],
  ['Transfer-Encoding : chunked', '0\r\n\r\n'],
  ['Transfer_Encoding: chunked', '0\r\n\r\n'],
];
/** Bytes that parsers stumble over. */
const DAMAGE = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '\x0b',
  '\x7f',
  '\x80',
  '"',
  '#',
  '%',
  '0',
  'x',
  '+',
  '-',
];

/** One of the list. */
function one<T>(random: Random, list: readonly T[]): T {
  return list[random.below(list.length)] as T;
}

/** A request, one character per byte: well-formed in most of its parts. */
export function request(random: Random): string {
  const [framing, body] = one(random, BODIES);
  const fields = [one(random, HOSTS), framing];
  for (let i = random.below(4); i > 0; i--) fields.push(one(random, FIELDS));
  const lines = fields.filter((field) => field !== '').sort(() => random.next() - 0.5);
  const start = `${one(random, METHODS)} ${one(random, TARGETS)} ${one(random, VERSIONS)}`;
  let bytes = `${[start, ...lines].join('\r\n')}\r\n\r\n${body}`;
  for (let i = random.below(3); i > 0; i--) bytes = damage(random, bytes);
  return bytes;
}

/** Inserts, removes or replaces a little somewhere. */
function damage(random: Random, bytes: string): string {
  const at = random.below(bytes.length + 1);
  const removed = random.below(2);
  const inserted = random.below(3) === 0 ? '' : one(random, DAMAGE);
  return bytes.slice(0, at) + inserted + bytes.slice(at + removed);
}

/** Bytes without any sense, or with a little. */
export function noise(random: Random): string {
  let bytes = random.below(2) === 0 ? 'GET / HTTP/1.1\r\n' : '';
  for (let i = random.below(200); i > 0; i--) {
    bytes += random.below(3) === 0 ? one(random, DAMAGE) : String.fromCharCode(random.below(256));
  }
  return bytes;
}
