/** L6 streams, keeps alive, drains. L7 hostile input. */

import { setTimeout as sleep } from 'node:timers/promises';
import { ask, RawConnection } from '../client.ts';
import { type Level, must, type Stage } from '../level.ts';

const DRAIN_MS = 10_000;
const SETTLE_MS = 300;

async function streams({ subject: { port }, fleet }: Stage): Promise<void> {
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  for (const backend of fleet.backends) backend.release = gate;
  const client = new RawConnection(port);
  client.write('GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const isEarly = await client.until(() => client.received.includes('first part'), 5_000);
  release();
  must(isEarly, 'the first part of an answer was held back until the last was there');
  await client.until(() => client.received.includes('last part'));
  must(client.received.includes('last part'), 'the last part of a streamed answer is missing');
  client.close();
}

async function keepsAlive({ subject: { port } }: Stage): Promise<void> {
  const client = new RawConnection(port);
  for (let i = 1; i <= 3; i++) {
    client.write(`GET /keep/${i} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const answers = (): number => client.received.split('HTTP/1.1 200').length - 1;
    await client.until(() => answers() >= i || client.isClosed, 5_000);
    must(answers() >= i, `request ${i} on one connection was not answered`);
  }
  client.close();
}

async function drains({ subject, fleet }: Stage): Promise<void> {
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  for (const backend of fleet.backends) backend.release = gate;
  const running = ask(subject.port, '/stream/drain');
  for (let i = 0; i < 100 && fleet.seen('/stream/drain').length === 0; i++) await sleep(20);
  subject.stop();
  await subject.untilLeaving(DRAIN_MS / 2);
  release();
  const { status, body, error } = await running;
  must(
    status === 200 && body.endsWith('last part\n'),
    `a request that was running at SIGTERM ended with ${error ?? status}`,
  );
  for (let ms = 0; ms < DRAIN_MS && subject.ended === undefined; ms += 50) await sleep(50);
  must(
    subject.ended !== undefined,
    `the program still runs ${DRAIN_MS / 1000} s after SIGTERM, with nothing left to do`,
  );
  must(
    subject.ended?.code === 0,
    `the program ended with code ${subject.ended?.code ?? subject.ended?.signal} after SIGTERM, expected 0`,
  );
}

export const serves: Level = {
  number: 6,
  title: 'streams, keeps alive, drains',
  points: 15,
  backends: 2,
  async run(stage) {
    await streams(stage);
    await keepsAlive(stage);
    await drains(stage);
  },
};

/** What no proxy may pass on: two readings of one message. `{X}` is a path of its own. */
const AMBIGUOUS: readonly (readonly [what: string, head: string, body: string])[] = [
  [
    'Content-Length beside Transfer-Encoding',
    'Content-Length: 6\r\nTransfer-Encoding: chunked',
    '0\r\n\r\nG',
  ],
  ['two different Content-Lengths', 'Content-Length: 5\r\nContent-Length: 6', 'helloX'],
  ['a Content-Length that is no number', 'Content-Length: 5x', 'hello'],
  ['a negative Content-Length', 'Content-Length: -5', 'hello'],
  ['a broken chunk size', 'Transfer-Encoding: chunked', 'zz\r\nhello\r\n0\r\n\r\n'],
  ['an unknown Transfer-Encoding', 'Transfer-Encoding: chonked', '0\r\n\r\n'],
];

async function refusesAmbiguity({ subject: { port }, fleet }: Stage): Promise<void> {
  for (const [i, [what, head, body]] of AMBIGUOUS.entries()) {
    const client = new RawConnection(port);
    client.write(`POST /hostile/${i}. HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n${body}`);
    await client.until(() => client.received !== '' || client.isClosed, 2_000);
    await sleep(SETTLE_MS / 3);
    client.close();
    const isRefused = client.status === 0 || client.status >= 400;
    const [reached, ...more] = fleet.seen(`/hostile/${i}.`);
    if (reached === undefined && isRefused) continue;
    // RFC 9112, 6.1: two lengths may be settled by Transfer-Encoding alone, if the other is taken out.
    const isTold = reached?.headers['content-length'] !== undefined;
    if (i === 0 && reached?.isValid && more.length === 0 && !isTold && reached.body === '')
      continue;
    const where =
      reached === undefined ? 'answered as if it were well' : `passed on to ${reached.backend}`;
    must(false, `${what} was ${where}`);
  }
}

async function survives({ subject, fleet }: Stage): Promise<void> {
  const { port } = subject;
  const idle = Array.from({ length: 40 }, () => new RawConnection(port));
  for (const client of idle) client.write('GET /slow HTTP/1.1\r\nHo');
  const large = new RawConnection(port);
  large.write(`GET /large-head HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(1 << 20)}\r\n\r\n`);
  await large.until(() => large.received !== '' || large.isClosed, 5_000);
  const isRefused = large.isClosed || large.status >= 400;
  must(
    isRefused && fleet.seen('/large-head').length === 0,
    'a request head of 1 MiB was not refused',
  );
  const garbage = new RawConnection(port);
  garbage.write('\x16\x03\x01\x00\xff\x00\x00\r\n\r\n');
  await garbage.until(() => garbage.isClosed || garbage.received !== '', 3_000);
  const reply = await ask(port, '/still-there');
  for (const client of [...idle, large, garbage]) client.close();
  must(
    reply.status === 200,
    `with 40 unfinished requests open, another got ${reply.error ?? reply.status}`,
  );
  must(subject.ended === undefined, 'the program ended');
}

export const hostile: Level = {
  number: 7,
  title: 'hostile input',
  points: 15,
  backends: 2,
  async run(stage) {
    const before = await ask(stage.subject.port, '/well');
    must(before.status === 200, `a plain request got ${before.error ?? before.status}`);
    await refusesAmbiguity(stage);
    await survives(stage);
  },
};
