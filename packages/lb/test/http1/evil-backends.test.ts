/** Whatever one backend does, requests that do not meet it are answered as ever. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  answering,
  type Behaviour,
  OK,
  type RawBackend,
  startRawBackend,
} from '../support/raw-backend.ts';
import { RawClient, roundTrip, statusOf } from '../support/raw-client.ts';
import { type Stand, startStand } from '../support/stand.ts';

let good: RawBackend;

beforeAll(async () => {
  good = await startRawBackend(answering(OK));
});

afterAll(async () => {
  await good.stop();
});

const HEAD = 'HTTP/1.1 200 OK\r\nDate: x\r\n';
const later = (ms: number, act: () => void): void => {
  setTimeout(act, ms);
};

const EVIL: readonly (readonly [string, Behaviour])[] = [
  ['garbage', ({ socket }) => socket.write('\x16\x03\x01\xff'.repeat(100), 'latin1')],
  ['an early close', ({ socket }) => socket.end()],
  ['a reset before the head', ({ socket }) => socket.resetAndDestroy()],
  [
    'a reset in the middle of the head',
    ({ socket }) => socket.write('HTTP/1.1 2', () => socket.resetAndDestroy()),
  ],
  [
    'a reset in the middle of the body',
    ({ socket }) => {
      socket.write(`${HEAD}Content-Length: 100\r\n\r\nabc`);
      later(5, () => socket.resetAndDestroy());
    },
  ],
  [
    'a reset in the middle of a chunk',
    ({ socket }) => {
      socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n10\r\nabc`);
      later(5, () => socket.resetAndDestroy());
    },
  ],
  ['extra bytes', ({ socket }) => socket.write(`${OK}${OK}`)],
  [
    'extra bytes later',
    ({ socket }) => {
      socket.write(OK);
      later(5, () => socket.write(OK));
    },
  ],
  ['a header bomb', ({ socket }) => socket.write(HEAD + `X: ${'a'.repeat(1000)}\r\n`.repeat(1000))],
  ['many small fields', ({ socket }) => socket.write(HEAD + 'a:\r\n'.repeat(10_000))],
  ['a storm of 1xx', ({ socket }) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(10_000))],
  ['an endless status line', ({ socket }) => socket.write(`HTTP/1.1 200 ${'x'.repeat(100_000)}`)],
  [
    'an endless chunk size',
    ({ socket }) => socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n${'0'.repeat(10_000)}`),
  ],
  ['silence', () => {}],
];

for (const [what, behave] of EVIL) {
  test(`${what} hurts no other request`, async () => {
    const evil = await startRawBackend(behave);
    const stand: Stand = await startStand([evil.address, good.address], {
      timeouts: { responseHeadMs: 300, bodyIdleMs: 300 },
      // POSTs meet the evil one, GETs the other.
      cluster: {
        strategy: () => ({
          pick: (all, { idempotent }) =>
            all.find(({ id }) => id === (idempotent ? 'b1' : 'b0')) ?? all[0]!,
        }),
      },
    });
    const post = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const get = post.replace('POST', 'GET');
    const victims = Array.from({ length: 5 }, async () => {
      const client = await RawClient.open(stand.port);
      client.send(post);
      await client.until(() => client.closed || client.ended);
      client.close();
      return client.received;
    });
    for (let i = 0; i < 20; i++)
      expect(await roundTrip(stand.port, get)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\nok$/);
    for (const received of await Promise.all(victims)) {
      expect([0, 200, 502, 504]).toContain(
        statusOf(received.slice(received.lastIndexOf('HTTP/1.1 '))),
      );
      // At most one answer, whatever was sent.
      expect(received.match(/HTTP\/1\.1 [2-5]/g)?.length ?? 0).toBeLessThanOrEqual(1);
    }
    await evil.stop();
    await stand.stop();
  });
}
