/** What the probes find, against real servers. */

import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { resolvePolicies } from '@evenkeel/config';
import type { Endpoint, Probe, ProbeResult } from '@evenkeel/core';
import { afterEach, describe, expect, test } from 'vitest';
import { failed } from './failed.ts';
import { type HttpProbeOptions, httpProbe } from './http.ts';
import type { AddressOf } from './target.ts';
import { tcpProbe } from './tcp.ts';

const servers: Server[] = [];

/** What a TCP probe finds where something listens. */
const CONNECTED: ProbeResult = { ok: true, evidence: 'connection' };

afterEach(async () => {
  for (const server of servers.splice(0)) {
    const closed = once(server, 'close');
    server.close();
    await closed;
  }
});

async function listening(server: Server): Promise<AddressOf> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return () => ({ host: '127.0.0.1', port });
}

async function deadAddress(): Promise<AddressOf> {
  const address = await listening(createServer());
  const server = servers.pop()!;
  server.close();
  await once(server, 'close');
  return address;
}

const asked = (probe: Probe): Promise<ProbeResult> =>
  new Promise((resolve) => probe({} as Endpoint, resolve));

/** Options complete with the defaults of a configuration. */
const asking = (options: Partial<HttpProbeOptions>): HttpProbeOptions => ({
  ...resolvePolicies({ health: { type: 'http' } }).health,
  ...options,
});

const overHttp = (listener: RequestListener): Promise<AddressOf> =>
  listening(createHttpServer(listener));

describe('tcp', () => {
  test('passes where something accepts, and closes in order, never by a reset', async () => {
    const ends: string[] = [];
    const hungUp = Promise.withResolvers<void>();
    const probes = 25;
    const addressOf = await listening(
      createServer((socket) => {
        // What it says unasked must not turn the close into a reset.
        socket.write('220 welcome\r\n');
        socket.on('error', ({ code }: NodeJS.ErrnoException) => ends.push(code ?? 'error'));
        socket.resume().on('end', () => ends.push('end'));
        socket.on('close', () => {
          if (ends.length === probes) hungUp.resolve();
        });
      }),
    );
    const results = Array.from({ length: probes }, () => asked(tcpProbe(addressOf)));
    expect(await Promise.all(results)).toEqual(results.map(() => CONNECTED));
    await hungUp.promise;
    expect(ends).toEqual(results.map(() => 'end'));
  });

  test('dials the port that it is given in place of the own one', async () => {
    const addressOf = await listening(createServer((socket) => socket.resume().end()));
    const dead = await deadAddress();
    const { port } = addressOf({} as Endpoint);
    expect(await asked(tcpProbe(dead, { port }))).toEqual(CONNECTED);
  });

  test('knows a refused dial from other failures', async () => {
    const result = await asked(tcpProbe(await deadAddress()));
    expect(result).toEqual({ ok: false, refused: true, detail: 'connection refused' });
    const nowhere = await asked(tcpProbe(() => ({ host: 'no.such.invalid', port: 1 })));
    expect(nowhere).toMatchObject({ ok: false, refused: false });
  });
});

describe('http', () => {
  for (const status of [200, 204, 302, 399]) {
    test(`passes on ${status}`, async () => {
      const addressOf = await overHttp((_request, response) => response.writeHead(status).end());
      expect(await asked(httpProbe(addressOf, asking({ path: '/' })))).toEqual({ ok: true });
    });
  }

  for (const status of [400, 404, 500, 503]) {
    test(`fails on ${status}, and says so`, async () => {
      const addressOf = await overHttp((_request, response) => response.writeHead(status).end());
      const result = await asked(httpProbe(addressOf, asking({ path: '/' })));
      expect(result).toEqual({ ok: false, answered: true, detail: `status ${status}` });
    });
  }

  test('asks as it is told: method, host, fields and port', async () => {
    const seen: unknown[] = [];
    const addressOf = await overHttp(({ method, url, headers }, response) => {
      seen.push(method, url, headers.host, headers['x-probe'], headers['user-agent']);
      response.writeHead(418).end();
    });
    const { port } = addressOf({} as Endpoint);
    const options = asking({
      method: 'HEAD',
      path: '/live',
      host: 'shop.example.org',
      headers: { 'x-probe': 'yes', 'user-agent': 'own' },
      port,
      expect: new Set([418]),
    });
    expect(await asked(httpProbe(await deadAddress(), options))).toEqual({ ok: true });
    expect(seen).toEqual(['HEAD', '/live', 'shop.example.org', 'yes', 'own']);
    const other = httpProbe(addressOf, asking({ path: '/' }));
    expect(await asked(other)).toEqual({ ok: false, answered: true, detail: 'status 418' });
  });

  test('gives up on interim responses without end, and on a switch of protocols', async () => {
    const endless = await listening(
      createServer((socket) => {
        const more = (): void => {
          if (!socket.destroyed) {
            socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(50), () => setImmediate(more));
          }
        };
        socket.on('error', () => {});
        socket.resume();
        more();
      }),
    );
    const result = await asked(httpProbe(endless, asking({ path: '/' })));
    expect(result).toEqual({ ok: false, detail: 'too many interim responses' });
    const switching = await listening(
      createServer((socket) =>
        socket
          .on('error', () => {})
          .resume()
          .end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
      ),
    );
    const switched = await asked(httpProbe(switching, asking({ path: '/' })));
    expect(switched).toEqual({ ok: false, answered: true, detail: 'status 101' });
  });

  test('asks for its path by GET, on a connection that is not kept', async () => {
    const seen: unknown[] = [];
    const addressOf = await overHttp(({ method, url, headers }, response) => {
      seen.push(method, url, headers.connection, headers.host);
      response.end();
    });
    await asked(httpProbe(addressOf, asking({ path: '/ready?deep=1' })));
    const { host, port } = addressOf({} as Endpoint);
    expect(seen).toEqual(['GET', '/ready?deep=1', 'close', `${host}:${port}`]);
  });

  test('finds the expected text however the body is cut', async () => {
    const addressOf = await overHttp((_request, response) => {
      response.write('all is w');
      setImmediate(() => response.end('ell'));
    });
    expect(await asked(httpProbe(addressOf, asking({ path: '/', body: 'well' })))).toEqual({
      ok: true,
    });
    const missing = await asked(httpProbe(addressOf, asking({ path: '/', body: 'fine' })));
    expect(missing).toMatchObject({ ok: false, answered: true });
  });

  test('finds a long text in a body that comes byte by byte', async () => {
    const body = Array.from({ length: 6_000 }, (_, i) => String(i % 7)).join('0');
    const addressOf = await overHttp((_request, response) => {
      for (const byte of `${'x'.repeat(10_000)}${body}`) response.write(byte);
      response.end();
    });
    expect(await asked(httpProbe(addressOf, asking({ path: '/', body })))).toEqual({ ok: true });
    const other = `${body}!`;
    expect(await asked(httpProbe(addressOf, asking({ path: '/', body: other })))).toMatchObject({
      ok: false,
    });
  });

  test('gives up on a body without end', async () => {
    const addressOf = await overHttp((_request, response) => {
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(16_384), () => setImmediate(more));
      };
      more();
    });
    expect(await asked(httpProbe(addressOf, asking({ path: '/', body: 'y' })))).toMatchObject({
      ok: false,
    });
  });

  test('fails on a connection that ends without an answer, and on garbage', async () => {
    const silent = await listening(createServer((socket) => socket.destroy()));
    const cut = await asked(httpProbe(silent, asking({ path: '/' })));
    expect(cut).toMatchObject({ ok: false });
    expect(cut.answered).toBeUndefined();
    const garbled = await listening(
      createServer((socket) => socket.resume().end('nonsense\r\n\r\n')),
    );
    const garbage = await asked(httpProbe(garbled, asking({ path: '/' })));
    expect(garbage).toMatchObject({ ok: false });
    expect(garbage.answered).toBeUndefined();
    const dead = await deadAddress();
    const refused = { ok: false, refused: true };
    expect(await asked(httpProbe(dead, asking({ path: '/' })))).toMatchObject(refused);
  });

  test('a stopped probe closes its connection and says nothing', async () => {
    const arrived = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    const addressOf = await overHttp((request) => {
      request.socket.on('close', () => left.resolve());
      arrived.resolve();
    });
    const results: ProbeResult[] = [];
    const stop = httpProbe(addressOf, asking({ path: '/' }))({} as Endpoint, (r) =>
      results.push(r),
    );
    await arrived.promise;
    stop();
    await left.promise;
    expect(results).toEqual([]);
  });
});

test('what we lack ourselves is no verdict', () => {
  for (const code of ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL']) {
    const result = failed(Object.assign(new Error(code), { code }));
    expect(result).toMatchObject({ ok: false, inconclusive: true });
  }
  expect(failed(Object.assign(new Error('x'), { code: 'ETIMEDOUT' })).inconclusive).toBeUndefined();
});
