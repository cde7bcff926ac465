/** The generator against real sockets: when it sends, what it measures, and how it names an outcome. */

import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { CLIENT_OUTCOMES, type OpenJob } from '../src/load/job.ts';
import { runOpenLoop } from '../src/load/open-loop.ts';
import { closeAll, listen } from './support/servers.ts';

afterEach(closeAll);

const serveHttp = (listener: RequestListener): Promise<string> =>
  listen(createHttpServer(listener));
const serveRaw = (answer: (socket: Socket) => void): Promise<string> =>
  listen(createServer((socket) => socket.once('data', () => answer(socket))));

function job(target: string, atMs: readonly number[], more: Partial<OpenJob> = {}): OpenJob {
  return {
    kind: 'open',
    targets: [target],
    atMs: Float64Array.from(atMs),
    work: new Float64Array(atMs.length).fill(0.25),
    post: new Uint8Array(atMs.length),
    key: atMs.map((_, i) => `k${i}`),
    idPrefix: 'run-',
    timeoutMs: 60_000,
    bodyBytes: 0,
    maxInFlight: 64,
    ...more,
  };
}

/** Names of how the requests of a job ended, in the order of the requests. */
async function outcomesOf(
  target: string,
  count: number,
  more: Partial<OpenJob> = {},
): Promise<string[]> {
  const atMs = Array.from({ length: count }, (_, i) => i * 5);
  const { outcome } = await runOpenLoop(job(target, atMs, more));
  return Array.from(outcome, (code) => CLIENT_OUTCOMES[code] ?? '?');
}

describe('the open-loop generator', () => {
  it('sends on time however slow the answers are', async () => {
    let concurrent = 0;
    let peak = 0;
    const allAreIn = Promise.withResolvers<void>();
    const target = await serveHttp(async (_, response) => {
      peak = Math.max(peak, ++concurrent);
      if (concurrent === 20) allAreIn.resolve();
      await allAreIn.promise;
      response.end('late');
    });
    const atMs = Array.from({ length: 20 }, (_, i) => i * 10);
    const { sentMs, outcome } = await runOpenLoop(job(target, atMs));
    expect(peak).toBe(20);
    expect(sentMs.every((sent, i) => sent >= (atMs[i] ?? 0))).toBe(true);
    expect(outcome.every((code) => code === 0)).toBe(true);
  });

  it('counts the time that a request waits for its turn: latency starts when it was intended', async () => {
    const target = await serveHttp((_, response) => setTimeout(() => response.end('x'), 50));
    const atMs = [0, 0, 0, 0];
    const { endedMs } = await runOpenLoop(job(target, atMs, { maxInFlight: 1 }));
    // One at a time: the last one ends after all four, and none of that is forgiven.
    expect(Math.max(...endedMs)).toBeGreaterThanOrEqual(4 * 50 - 5);
  });

  it('never has more in flight than allowed, and sends all the same', async () => {
    let concurrent = 0;
    let peak = 0;
    const target = await serveHttp((_, response) => {
      peak = Math.max(peak, ++concurrent);
      setTimeout(() => {
        concurrent--;
        response.end('x');
      }, 10);
    });
    const outcomes = await outcomesOf(target, 30, { maxInFlight: 3 });
    expect(peak).toBeLessThanOrEqual(3);
    expect(outcomes).toEqual(new Array(30).fill('ok'));
  });

  it('marks each request with its id, its work and its key, and takes the name of the backend that answered', async () => {
    const seen: string[] = [];
    const target = await serveHttp(({ headers, method }, response) => {
      const { 'x-request-id': id, 'x-work': work, 'x-key': key } = headers;
      seen.push(`${method} ${id} ${work} ${key} ${headers['content-length'] ?? '-'}`);
      response.setHeader('X-Backend', 'web-1').end('x');
    });
    const post = Uint8Array.from([0, 1]);
    const samples = await runOpenLoop(job(target, [0, 20], { post, bodyBytes: 3 }));
    expect(seen.sort()).toEqual(['GET run-0 0.25 k0 -', 'POST run-1 0.25 k1 3']);
    expect(samples.backends).toEqual(['web-1']);
    expect([...samples.backend]).toEqual([0, 0]);
  });

  it('tells statuses apart', async () => {
    const statuses = [200, 404, 503];
    const target = await serveHttp(({ headers }, response) => {
      response.statusCode = statuses[Number(`${headers['x-request-id']}`.slice('run-'.length))]!;
      response.end();
    });
    expect(await outcomesOf(target, 3)).toEqual(['ok', 'status4xx', 'status5xx']);
  });

  it('calls a port where nothing listens refused', async () => {
    const target = await serveHttp(() => {});
    await closeAll();
    expect(await outcomesOf(target, 2)).toEqual(['refused', 'refused']);
  });

  it.each([
    ['closed', (socket: Socket) => socket.end()],
    ['closed', (socket: Socket) => socket.resetAndDestroy()],
    [
      'truncated',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'),
    ],
    [
      'truncated',
      (socket: Socket) =>
        socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nha'),
    ],
    ['other', (socket: Socket) => socket.end('this is not HTTP at all\r\n\r\n')],
    [
      'reset',
      (socket: Socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf');
        setTimeout(() => socket.resetAndDestroy(), 50);
      },
    ],
  ] as const)(
    'calls an answer %s by what came over the wire (case %#)',
    async (outcome, answer) => {
      const target = await serveRaw(answer);
      expect(await outcomesOf(target, 2)).toEqual([outcome, outcome]);
    },
  );

  // Again when the head did not come within a tenth of a second.
  it('gives up after timeoutMs: silent without a head, a timeout in mid-answer', {
    retry: 10,
  }, async () => {
    const silent = await serveRaw(() => {});
    expect(await outcomesOf(silent, 2, { timeoutMs: 100 })).toEqual(['silent', 'silent']);
    const half = await serveRaw((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'),
    );
    expect(await outcomesOf(half, 2, { timeoutMs: 100 })).toEqual(['timeout', 'timeout']);
  });
});
