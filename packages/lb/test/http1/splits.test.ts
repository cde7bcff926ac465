/** However the network cuts a message, it means the same, and arrives byte for byte. */

import { seededRandom } from '@evenkeel/core';
import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noise, request } from '../../fuzz/generate.ts';
import { ChunkedBody } from '../../src/http1/chunked.ts';
import { DEFAULT_LIMITS } from '../../src/http1/settings.ts';
import { type RawBackend, startRawBackend } from '../support/raw-backend.ts';
import { RawClient } from '../support/raw-client.ts';
import { type Stand, startStand } from '../support/stand.ts';

let backend: RawBackend;
let stand: Stand;
/** What the backend answers, and what it was sent last. */
let response = '';
let lastRequest = '';

beforeAll(async () => {
  backend = await startRawBackend((connection) => {
    const isChunked = /\r\nTransfer-Encoding: chunked\r\n/.test(connection.received);
    if (!connection.received.endsWith(isChunked ? '$END\r\n0\r\n\r\n' : '$END')) return;
    lastRequest = connection.received;
    connection.received = '';
    void inPieces(response, 3, (piece) => connection.socket.write(piece, 'latin1'));
  });
  stand = await startStand([backend.address]);
});

afterAll(async () => {
  await stand.stop();
  await backend.stop();
});

/** Hands over `bytes` in pieces, each in a turn of its own. */
async function inPieces(
  bytes: string,
  pieces: number,
  take: (piece: string) => void,
): Promise<void> {
  const size = Math.max(1, Math.ceil(bytes.length / pieces));
  for (let at = 0; at < bytes.length; at += size) {
    take(bytes.slice(at, at + size));
    await new Promise((done) => setTimeout(done, 1));
  }
}

const CHUNKED_BODIES = [
  '5\r\nhello\r\n0\r\n\r\n',
  '5;a=b;c="d\\"e"\r\nhello\r\n00A\r\n0123456789\r\n0;x\r\nX: 1\r\nY: 2\r\n\r\n',
  '5 ; a = "b" ;c\t\r\nhello\r\n0 \r\nx: 1\r\nY: 2\r\n\r\n',
  '0\r\n\r\n',
];

function decode(pieces: readonly string[], payloadOnly: boolean): string {
  const body = new ChunkedBody(DEFAULT_LIMITS, {
    payloadOnly,
    acceptsBlanks: true,
    passesTrailer: (name) => name !== 'x',
  });
  let out = '';
  const take = (bytes: Uint8Array, from: number, to: number): void => {
    out += Buffer.from(bytes.subarray(from, to)).toString('latin1');
  };
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, 'latin1');
    expect(body.read(bytes, 0, bytes.length, { take })).toBe(bytes.length);
  }
  expect(body.done).toBe(true);
  return out;
}

test('a chunked body cut in three anywhere reads the same', () => {
  for (const bytes of CHUNKED_BODIES) {
    for (const payloadOnly of [false, true]) {
      const whole = decode([bytes], payloadOnly);
      for (let i = 0; i <= bytes.length; i++) {
        for (let j = i; j <= bytes.length; j++) {
          const pieces = [bytes.slice(0, i), bytes.slice(i, j), bytes.slice(j)];
          expect(
            decode(
              pieces.filter((piece) => piece !== ''),
              payloadOnly,
            ),
          ).toBe(whole);
        }
      }
    }
  }
});

const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const token = fc.stringMatching(/^[!#$%&'*+.^`|~0-9A-Za-z]{1,12}$/);
const value = fc.stringMatching(/^[!-~\x80-\xff]([ \t!-~\x80-\xff]{0,20}[!-~\x80-\xff])?$/);
const field = fc
  .tuple(
    token.map((name) => `X-${name}`),
    value,
  )
  .map(([name, text]) => `${name}: ${text}\r\n`);
const fields = fc.array(field, { maxLength: 12 }).map((list) => list.join(''));
const payload = fc.array(byte, { maxLength: 3000 }).map((list) => list.join(''));
const path = fc.stringMatching(/^\/[!-"$-~]{0,40}$/);

function framed(body: string, chunked: boolean): string {
  if (!chunked) return `Content-Length: ${body.length}\r\n\r\n${body}`;
  const chunk = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`;
  return `Transfer-Encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`;
}

property.prop(
  [
    path,
    fields,
    payload,
    fc.boolean(),
    fields,
    payload,
    fc.boolean(),
    fc.integer({ min: 1, max: 12 }),
  ],
  { numRuns: 60, endOnFailure: true },
)(
  'random requests and responses arrive byte for byte, however they are cut',
  async (target, sent, body, isChunked, answered, answer, answersChunked, pieces) => {
    response = `HTTP/1.1 200 OK\r\nDate: x\r\n${answered}${framed(answer, answersChunked)}`;
    const client = await RawClient.open(stand.port);
    const framing = framed(`${body}$END`, isChunked);
    await inPieces(`POST ${target} HTTP/1.1\r\nHost: a\r\n${sent}${framing}`, pieces, (piece) =>
      client.send(piece),
    );
    await client.until(() => client.received.length >= response.length);
    expect(client.received).toBe(response);
    const seen = lastRequest;
    const [head = '', rest] = [
      seen.slice(0, seen.indexOf('\r\n\r\n')),
      seen.slice(seen.indexOf('\r\n\r\n')),
    ];
    expect(
      head.startsWith(
        `POST ${target} HTTP/1.1\r\nHost: a\r\n${sent}${framing.slice(0, framing.indexOf('\r\n'))}\r\nX-Forwarded-For`,
      ),
    ).toBe(true);
    expect(rest).toBe(framing.slice(framing.indexOf('\r\n\r\n')));
    client.close();
  },
);

test('noise neither crashes the proxy nor reaches a backend unless it is a request', async () => {
  const random = seededRandom(5);
  const seenBefore = backend.connections.length;
  response = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
  for (let i = 0; i < 300; i++) {
    const client = await RawClient.open(stand.port);
    client.send(i % 3 === 0 ? request(random) : noise(random));
    client.socket.end();
    await client.until(() => client.closed || client.ended);
    client.close();
  }
  for (const { received } of backend.connections.slice(seenBefore)) {
    // What got through has a head that we wrote: ours are its last fields.
    if (received !== '')
      expect(received).toMatch(
        /^[!-~]+ [!-~]+ HTTP\/1\.1\r\n[\s\S]*\r\nVia: 1\.[01] evenkeel-test\r\nX-Request-Id: [!-~]+\r\n/,
      );
  }
});
