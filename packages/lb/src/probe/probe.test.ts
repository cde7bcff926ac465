/** What the probes find, against real servers. */

import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Endpoint, Probe, ProbeResult } from '@evenkeel/core';
import { afterEach, describe, expect, test } from 'vitest';
import { httpProbe } from './http.ts';
import type { AddressOf } from './target.ts';
import { tcpProbe } from './tcp.ts';

const servers: Server[] = [];

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

const overHttp = (listener: RequestListener): Promise<AddressOf> =>
  listening(createHttpServer(listener));

describe('tcp', () => {
  test('passes where somebody accepts, and hangs up', async () => {
    const hungUp = Promise.withResolvers<void>();
    const addressOf = await listening(
      createServer((socket) => socket.on('error', () => {}).on('close', () => hungUp.resolve())),
    );
    expect(await asked(tcpProbe(addressOf))).toEqual({ ok: true });
    await hungUp.promise;
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
      expect(await asked(httpProbe({ path: '/', addressOf }))).toEqual({ ok: true });
    });
  }

  for (const status of [400, 404, 500, 503]) {
    test(`fails on ${status}, and says so`, async () => {
      const addressOf = await overHttp((_request, response) => response.writeHead(status).end());
      const result = await asked(httpProbe({ path: '/', addressOf }));
      expect(result).toEqual({ ok: false, detail: `status ${status}` });
    });
  }

  test('asks for its path by GET, on a connection that is not kept', async () => {
    const seen: unknown[] = [];
    const addressOf = await overHttp(({ method, url, headers }, response) => {
      seen.push(method, url, headers.connection, headers.host);
      response.end();
    });
    await asked(httpProbe({ path: '/ready?deep=1', addressOf }));
    const { host, port } = addressOf({} as Endpoint);
    expect(seen).toEqual(['GET', '/ready?deep=1', 'close', `${host}:${port}`]);
  });

  test('finds the expected text however the body is cut', async () => {
    const addressOf = await overHttp((_request, response) => {
      response.write('all is w');
      setImmediate(() => response.end('ell'));
    });
    expect(await asked(httpProbe({ path: '/', body: 'well', addressOf }))).toEqual({ ok: true });
    const missing = await asked(httpProbe({ path: '/', body: 'fine', addressOf }));
    expect(missing).toMatchObject({ ok: false });
  });

  test('gives up on a body without end', async () => {
    const addressOf = await overHttp((_request, response) => {
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(16_384), () => setImmediate(more));
      };
      more();
    });
    expect(await asked(httpProbe({ path: '/', body: 'y', addressOf }))).toMatchObject({
      ok: false,
    });
  });

  test('fails on a connection that ends without an answer, and on garbage', async () => {
    const silent = await listening(createServer((socket) => socket.destroy()));
    expect(await asked(httpProbe({ path: '/', addressOf: silent }))).toMatchObject({ ok: false });
    const garbled = await listening(
      createServer((socket) => socket.resume().end('nonsense\r\n\r\n')),
    );
    expect(await asked(httpProbe({ path: '/', addressOf: garbled }))).toMatchObject({ ok: false });
    const dead = await deadAddress();
    const refused = { ok: false, refused: true };
    expect(await asked(httpProbe({ path: '/', addressOf: dead }))).toMatchObject(refused);
  });

  test('a stopped probe closes its connection and says nothing', async () => {
    const arrived = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    const addressOf = await overHttp((request) => {
      request.socket.on('close', () => left.resolve());
      arrived.resolve();
    });
    const results: ProbeResult[] = [];
    const stop = httpProbe({ path: '/', addressOf })({} as Endpoint, (r) => results.push(r));
    await arrived.promise;
    stop();
    await left.promise;
    expect(results).toEqual([]);
  });
});
