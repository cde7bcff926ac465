/** The closed loop against real sockets: which requests wait, what is measured, and when it gives up. */

import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { runClosedLoop } from '../src/load/closed-loop.ts';
import { type ClosedJob, clientOutcomeName, type Samples } from '../src/load/job.ts';
import { closeAll, listen } from './support/servers.ts';

afterEach(closeAll);

const serveHttp = (listener: RequestListener): Promise<string> =>
  listen(createHttpServer(listener));

/** That many requests, however long they take. */
function planOf(requests: number): Partial<ClosedJob> {
  return { work: new Float64Array(requests).fill(0.25), durationMs: 60_000 };
}

function job(target: string, more: Partial<ClosedJob> = {}): ClosedJob {
  const most = 20_000;
  return {
    kind: 'closed',
    targets: [target],
    connections: 4,
    durationMs: 400,
    work: new Float64Array(most).fill(0.25),
    post: new Uint8Array(most),
    key: Array.from({ length: most }, (_, i) => `k${i}`),
    idPrefix: 'run-',
    timeoutMs: 60_000,
    bodyBytes: 0,
    ...more,
  };
}

/** How many requests ended how. */
function outcomes({ outcome }: Samples): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of outcome)
    counts[clientOutcomeName(code)] = (counts[clientOutcomeName(code)] ?? 0) + 1;
  return counts;
}

const latencies = ({ sentMs, endedMs }: Samples): number[] =>
  Array.from(endedMs, (ended, i) => ended - (sentMs[i] ?? 0));

describe('the closed loop', () => {
  it('has one request in flight per connection, and every one is answered in the end', async () => {
    let concurrent = 0;
    let peak = 0;
    let served = 0;
    const allAreIn = Promise.withResolvers<void>();
    const target = await serveHttp(async (_, response) => {
      peak = Math.max(peak, ++concurrent);
      if (concurrent === 4) allAreIn.resolve();
      await allAreIn.promise;
      setTimeout(() => {
        concurrent--;
        served++;
        response.end('x');
      }, 20);
    });
    const samples = await runClosedLoop(job(target));
    expect(samples.cutShort).toBeNull();
    expect(peak).toBe(4);
    expect(outcomes(samples)).toEqual({ ok: served });
    expect(samples.sentMs).toHaveLength(served);
    // A timer of 20 ms may fire a little early; never does an answer come before its request.
    expect(Math.min(...latencies(samples))).toBeGreaterThanOrEqual(18);
  });

  it('tells latencies below a millisecond apart', async () => {
    const target = await serveHttp((_, response) => response.end('x'));
    const samples = await runClosedLoop(job(target, { ...planOf(200), connections: 1 }));
    const us = latencies(samples).map((ms) => Math.round(ms * 1000));
    expect(us.every((value) => value > 0)).toBe(true);
    expect(us.some((value) => value % 1000 !== 0)).toBe(true);
  });

  it('sends each request of the plan once, marked as planned', async () => {
    const seen: string[] = [];
    const target = await serveHttp((request, response) => {
      const { 'x-request-id': id, 'x-work': work, 'x-key': key } = request.headers;
      seen.push(`${request.method} ${id} ${work} ${key} ${request.headers['content-length']}`);
      request.resume();
      response.setHeader('X-Backend', 'web-1').end('x');
    });
    const post = new Uint8Array(20_000);
    post[1] = 1;
    const samples = await runClosedLoop(
      job(target, { ...planOf(20), connections: 1, post, bodyBytes: 3 }),
    );
    expect(seen.slice(0, 3)).toEqual([
      'GET run-0 0.25 k0 undefined',
      'POST run-1 0.25 k1 3',
      'GET run-2 0.25 k2 undefined',
    ]);
    expect(new Set(seen).size).toBe(samples.outcome.length);
    expect(samples.backends).toEqual(['web-1']);
    expect(samples.backend.every((code) => code === 0)).toBe(true);
  });

  it('tells statuses apart', async () => {
    const statuses = [200, 404, 503];
    let n = 0;
    const target = await serveHttp((_, response) => {
      response.statusCode = statuses[n++ % 3] ?? 200;
      response.end();
    });
    const samples = await runClosedLoop(job(target, { ...planOf(3), connections: 1 }));
    const first = Array.from(samples.outcome.slice(0, 3), clientOutcomeName);
    expect(first).toEqual(['ok', 'status4xx', 'status5xx']);
  });

  it('takes several targets in turn', async () => {
    const hits = [0, 0];
    const serve = (i: number): Promise<string> =>
      serveHttp((_, response) => {
        hits[i] = (hits[i] ?? 0) + 1;
        response.end();
      });
    const targets = [await serve(0), await serve(1)];
    await runClosedLoop(job('', { ...planOf(20), targets, connections: 2 }));
    expect(Math.min(...hits)).toBeGreaterThan(0);
  });

  // Again when a stall of a second made another one late.
  it('goes on after an answer that did not come in time: that one is lost, no other is', {
    retry: 10,
  }, async () => {
    let n = 0;
    const target = await serveHttp((_, response) => {
      if (++n === 3) return;
      setTimeout(() => response.end('x'), 5);
    });
    const samples = await runClosedLoop(
      job(target, { connections: 1, durationMs: 1_500, timeoutMs: 1_000 }),
    );
    expect(samples.cutShort).toBeNull();
    const { silent, ok = 0, ...others } = outcomes(samples);
    expect([silent, others]).toEqual([1, {}]);
    expect(ok).toBe(samples.outcome.length - 1);
  });

  it('stops at a server that closes after each answer: latencies would be those of others', async () => {
    let served = 0;
    const target = await serveHttp((_, response) => {
      served++;
      response.writeHead(200, { Connection: 'close' }).end('x');
    });
    const samples = await runClosedLoop(job(target, { connections: 2, durationMs: 5_000 }));
    expect(samples.cutShort).toMatch(/closed/);
    expect(served).toBeLessThan(20);
  });

  it.each([
    ['ends', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
  ] as const)('stops at a server that %s a connection without an answer', async (_, close) => {
    const server: Server = createServer((socket) => socket.once('data', () => close(socket)));
    const samples = await runClosedLoop(job(await listen(server), { durationMs: 5_000 }));
    expect(samples.cutShort).toMatch(/a connection (was closed|broke)/);
    expect(outcomes(samples).closed).toBeGreaterThan(0);
    expect(outcomes(samples).ok).toBeUndefined();
  });

  it('does not dial again and again where nothing listens', async () => {
    const target = await serveHttp(() => {});
    await closeAll();
    const samples = await runClosedLoop(job(target, { connections: 2, durationMs: 5_000 }));
    expect(samples.cutShort).toBe('a connection broke (ECONNREFUSED)');
    expect(outcomes(samples).refused).toBeGreaterThan(0);
    expect(samples.outcome.length).toBeLessThan(10);
  });

  it('stops when its plan is used up, rather than send what was not planned', async () => {
    const target = await serveHttp((_, response) => response.end('x'));
    const work = new Float64Array(50);
    const samples = await runClosedLoop(job(target, { work, durationMs: 5_000 }));
    expect(samples.cutShort).toMatch(/all 50 planned requests/);
    expect(samples.outcome).toHaveLength(50);
  });
});
