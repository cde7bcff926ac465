/** The admin API: what it shows, what it changes, which requests it serves. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConfigFile } from '../../src/index.ts';
import { configFor, type Running, startBalancer } from './balancer.ts';
import { type Backend, Folder, startBackend, until } from './support.ts';

let a: Backend;
let b: Backend;
let running: Running;

beforeEach(async () => {
  [a, b] = [await startBackend('a'), await startBackend('b')];
});

afterEach(async () => {
  await running.balancer.destroy();
  await Promise.all([a.stop(), b.stop()]);
});

interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API says
  readonly body: any;
}

async function ask(method: string, path: string, body?: unknown): Promise<Answered> {
  const text = body === undefined ? null : JSON.stringify(body);
  const headers = { connection: 'close' };
  const response = await fetch(running.adminUrl + path, { method, body: text, headers });
  return { status: response.status, body: await response.json() };
}

async function start(more?: ConfigFile): Promise<void> {
  running = await startBalancer(configFor([a, b], more));
}

test('backends are listed with what they have done', async () => {
  await start();
  for (let i = 0; i < 4; i++) await running.get();
  const { status, body } = await ask('GET', '/backends');
  expect(status).toBe(200);
  expect(body).toHaveLength(2);
  expect(body[0]).toMatchObject({
    id: 'a',
    url: a.url,
    weight: 1,
    state: 'ready',
    inFlight: 0,
    requests: 2,
    failures: 0,
    retries: 0,
  });
  expect(body[0].latencyMs.p50).toBeGreaterThan(0);
  expect(body[0].latencyMs.p99).toBeGreaterThanOrEqual(body[0].latencyMs.p50);
  expect(Date.parse(body[0].since)).toBeLessThanOrEqual(Date.now());
  expect((await ask('GET', '/backends/b')).body).toMatchObject({ id: 'b', requests: 2 });
  expect(await ask('GET', '/backends/x')).toEqual({
    status: 404,
    body: { error: 'no backend has the id "x"' },
  });
});

test('a backend that is added gets traffic; one that is deleted gets none and is gone', async () => {
  await start();
  const c = await startBackend('c');
  expect(await ask('POST', '/backends', { url: c.url, id: 'c', weight: 2 })).toMatchObject({
    status: 201,
    body: { id: 'c', weight: 2 },
  });
  await running.untilState('c', 'ready');
  for (let i = 0; i < 3; i++) await running.get();
  expect(c.requests).toBe(1);

  expect((await ask('DELETE', '/backends/c')).status).toBe(202);
  for (let i = 0; i < 4; i++) await running.get();
  expect(c.requests).toBe(1);
  await until(() => running.balancer.backends.length === 2, 'c is gone');
  await c.stop();
});

test('deleting waits for the requests in flight', async () => {
  await start();
  let finish = (): void => {};
  a.behave = (_request, response) => {
    finish = () => response.end('late');
  };
  b.behave = a.behave;
  const late = running.get();
  await until(() => a.requests + b.requests === 1, 'the request is there');
  const id = a.requests === 1 ? 'a' : 'b';
  expect((await ask('DELETE', `/backends/${id}`)).body).toMatchObject({
    state: 'drain',
    inFlight: 1,
  });
  expect((await ask('GET', `/backends/${id}`)).body.inFlight).toBe(1);
  finish();
  expect(await late).toEqual({ status: 200, body: 'late' });
  await until(() => running.balancer.backends.length === 1, `${id} is gone`);
});

test('drain and maintenance keep traffic away; checks go on in drain alone', async () => {
  await start();
  for (const state of ['drain', 'maintenance']) {
    expect((await ask('PATCH', '/backends/a', { state })).body.state).toBe(state);
    const { requests, checks } = a;
    for (let i = 0; i < 4; i++) expect((await running.get()).body).toBe('b');
    expect(a.requests).toBe(requests);
    const { checks: others } = b;
    await until(() => b.checks > others + 3, 'b was checked');
    if (state === 'drain') await until(() => a.checks > checks, 'a was checked');
    else expect(a.checks).toBeLessThanOrEqual(checks + 1);
  }
  await ask('PATCH', '/backends/a', { state: 'ready' });
  await running.untilState('a', 'ready');
});

test('a weight takes effect on the next request', async () => {
  await start({ strategy: 'weighted-round-robin' });
  await ask('PATCH', '/backends/a', { weight: 3 });
  for (let i = 0; i < 8; i++) await running.get();
  expect([a.requests, b.requests]).toEqual([6, 2]);
});

test('the strategy can be replaced', async () => {
  await start();
  const mine = { name: 'header-hash', key: { header: 'x-user' } };
  expect((await ask('PUT', '/strategy', mine)).status).toBe(200);
  for (let i = 0; i < 6; i++) await running.get('/', { headers: { 'x-user': 'ann' } });
  expect([a.requests, b.requests].sort()).toEqual([0, 6]);
});

test('what cannot be used is refused in one line that names it, and changes nothing', async () => {
  await start();
  const cases: [method: string, path: string, body: unknown, error: RegExp][] = [
    ['POST', '/backends', { url: 'https://a:1' }, /^url must be http:\/\/host:port/],
    ['POST', '/backends', {}, /^url must be http:\/\/host:port, .*got nothing$/],
    ['POST', '/backends', { url: a.url, wait: 1 }, /^wait is not known/],
    ['PATCH', '/backends/a', { weight: -1 }, /^weight must be 0 or a number from/],
    ['PATCH', '/backends/a', { state: 'down' }, /^state must be one of ready, drain, maintenance/],
    ['PUT', '/strategy', { name: 'rnd' }, /^strategy must be one of round-robin,/],
    ['PUT', '/strategy', { name: 'random', service: 'x' }, /^service must be one of default/],
  ];
  for (const [method, path, body, error] of cases) {
    const answer = await ask(method, path, body);
    expect(answer.status, path).toBe(400);
    expect(answer.body.error).toMatch(error);
  }
  expect(running.balancer.backends).toHaveLength(2);
  const taken = await ask('POST', '/backends', { url: a.url, id: 'a' });
  expect(taken).toMatchObject({ status: 409 });
  expect(taken.body.error).toMatch(/^id must be unique, got "a"/);
  expect(await ask('POST', '/reload')).toMatchObject({ status: 409 });
  expect(await ask('GET', '/nothing')).toMatchObject({ status: 404 });
});

test('a body that is not JSON is a 400, one that is too long a 413', async () => {
  await start();
  const post = (body: string) =>
    fetch(`${running.adminUrl}/backends`, {
      method: 'POST',
      body,
      headers: { connection: 'close' },
    });
  expect((await post('{')).status).toBe(400);
  expect((await post(`{"url":"${'x'.repeat(70_000)}"}`)).status).toBe(413);
});

test('readyz says whether anything is ready, healthz only that the process lives', async () => {
  await start();
  expect((await ask('GET', '/readyz')).status).toBe(200);
  [a.health, b.health] = [500, 500];
  await running.untilState('a', 'down');
  await running.untilState('b', 'down');
  expect((await ask('GET', '/readyz')).status).toBe(503);
  expect((await ask('GET', '/healthz')).status).toBe(200);
});

test('events come in one order without a gap: first what was, then what happens', async () => {
  await start();
  const stop = new AbortController();
  const response = await fetch(`${running.adminUrl}/events`, { signal: stop.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  let text = '';
  const reading = (async () => {
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) text += part;
  })().catch(() => {});
  a.health = 500;
  await until(() => text.includes('"to":"down"'), 'the event is there');
  await running.balancer.reload(configFor([a, b], { strategy: 'random' }));
  await until(() => text.includes('"type":"reload"'), 'the reload is told');
  stop.abort();
  await reading;

  const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const times = events.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((x, y) => x - y));
  expect(events.slice(0, 2).map(({ type, endpoint }) => [type, endpoint])).toEqual([
    ['added', 'a'],
    ['added', 'b'],
  ]);
  expect(events.find(({ to }) => to === 'down')).toMatchObject({
    type: 'state',
    service: 'default',
    endpoint: 'a',
    from: 'ready',
    reason: 'probe failed: status 500',
  });

  const later = await fetch(`${running.adminUrl}/events`, {
    headers: { 'last-event-id': String(events.length - 1) },
  });
  const reader = later.body!.getReader();
  let rest = '';
  while (!rest.includes('data: ')) rest += new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();
  expect(rest).toContain(`id: ${events.length}\n`);
  expect(rest).not.toContain(`id: ${events.length - 1}\n`);
});

test('pages of other origins and rebound names are not served', async () => {
  await start();
  const statusWith = (headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = request(
        `${running.adminUrl}/backends`,
        { headers, agent: false },
        (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0));
        },
      );
      sent.on('error', reject).end();
    });
  expect(await statusWith({})).toBe(200);
  expect(await statusWith({ origin: 'http://evil.example' })).toBe(403);
  expect(await statusWith({ host: 'evil.example' })).toBe(403);
  expect(await statusWith({ host: 'localhost:1' })).toBe(200);
});

test('with a token, only its bearer is served', async () => {
  const token = 'a-long-secret';
  await start({ admin: { listen: '0.0.0.0:0', token } });
  const statusWith = async (authorization?: string): Promise<number> => {
    const headers = { connection: 'close', ...(authorization && { authorization }) };
    return (await fetch(`${running.adminUrl}/backends`, { headers })).status;
  };
  expect(await statusWith()).toBe(401);
  expect(await statusWith('Bearer wrong')).toBe(401);
  expect(await statusWith(`Bearer ${token}`)).toBe(200);
});

test('the status page holds no data and may run no foreign code', async () => {
  await start({ admin: { listen: '0', token: 'a-long-secret' } });
  const page = await fetch(`${running.adminUrl}/`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await page.text()).not.toContain(a.url);
});

test('a connection that the system cannot accept does not end the process', async () => {
  await start();
  let server: Server | undefined;
  const note = (message: unknown): void => {
    const { socket } = message as { socket: Socket & { server: Server } };
    if (socket.localPort === running.balancer.adminAddress?.port) server = socket.server;
  };
  subscribe('net.server.socket', note);
  await fetch(running.adminUrl, { headers: { connection: 'close' } });
  unsubscribe('net.server.socket', note);
  expect(server?.emit('error', new Error('accept EMFILE'))).toBe(true);
  expect((await ask('GET', '/healthz')).status).toBe(200);
});

test('a method that a path does not have is a 405 that names those it has', async () => {
  await start();
  const cases = [
    ['DELETE', '/backends', 'GET, POST, HEAD'],
    ['PUT', '/backends/a', 'GET, PATCH, DELETE, HEAD'],
    ['GET', '/reload', 'POST'],
    ['POST', '/events', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
    ['POST', '/metrics', 'GET, HEAD'],
    ['GET', '/logs/reopen', 'POST'],
  ] as const;
  for (const [method, path, allow] of cases) {
    const headers = { connection: 'close' };
    const response = await fetch(running.adminUrl + path, { method, headers });
    expect([response.status, response.headers.get('allow')], path).toEqual([405, allow]);
    expect(await response.json()).toEqual({
      error: `${method} is not possible at ${path}, only ${allow}`,
    });
  }
  for (const path of ['/nothing', '/backends/a/b', '/constructor', '/backends/a/']) {
    expect((await ask('GET', path)).status, path).toBe(404);
  }
});

test('the configuration is shown as it runs, complete and without secrets', async () => {
  const secret = 'known to all instances';
  const headers = { authorization: 'Basic c2VjcmV0', 'x-plain': 'shown' };
  await start({
    admin: { listen: '0' },
    strategy: { name: 'sticky', secret },
    health: { path: '/health', headers },
    forwarding: { trustedProxies: ['10.0.0.0/8'] },
  });
  const { status, body } = await ask('GET', '/config');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    listeners: [{ at: { host: '127.0.0.1' }, mode: 'http' }],
    routes: [{ service: 'default' }],
    timeouts: { connectMs: 2000, drainMs: 30_000 },
    limits: { connections: 10_000 },
    services: {
      default: {
        strategy: { name: 'sticky', affinity: { cookie: 'evenkeel', secret: '***' } },
        backends: [{ id: 'a', url: a.url }, { id: 'b' }],
        health: {
          path: '/health',
          expect: ['200-399'],
          headers: { authorization: '***', 'x-plain': 'shown' },
        },
      },
    },
  });
  expect(JSON.stringify(body.forwarding.trustedProxies)).toContain('10.0.0.0');
  for (const hidden of [secret, 'c2VjcmV0']) expect(JSON.stringify(body)).not.toContain(hidden);
  await running.balancer.reload(configFor([a], { timeouts: { connectMs: 700 } }));
  const { body: next } = await ask('GET', '/config');
  expect(next.timeouts.connectMs).toBe(700);
  expect(next.services.default.backends).toHaveLength(1);
});

test('the token of the admin API is not shown, whatever asks', async () => {
  const token = 'a-long-secret';
  await start({ admin: { listen: '0', token } });
  const headers = { connection: 'close', authorization: `Bearer ${token}` };
  const text = await (await fetch(`${running.adminUrl}/config`, { headers })).text();
  expect(JSON.parse(text).admin.token).toBe('***');
  expect(text).not.toContain(token);
});

test('routes and queues are shown', async () => {
  const routes = [{ service: 'one' }, { host: 'two.example', prefix: '/v2', service: 'two' }];
  const { backends: _, ...rest } = configFor([]);
  running = await startBalancer({
    ...rest,
    services: {
      one: { backends: [{ url: a.url, id: 'a', maxConnections: 1 }], queue: { max: 7 } },
      two: { backends: [{ url: b.url, id: 'b' }] },
    },
    routes,
  });
  expect((await ask('GET', '/routes')).body).toEqual(routes);
  let finish = (): void => {};
  a.behave = (_request, response) => {
    finish = () => response.end('a');
  };
  const first = running.get();
  await until(() => a.requests === 1, 'one runs');
  const second = running.get();
  await until(async () => (await ask('GET', '/queue')).body[0].queued === 1, 'one waits');
  expect((await ask('GET', '/queue')).body).toMatchObject([
    { service: 'one', queued: 1, max: 7 },
    { service: 'two', queued: 0 },
  ]);
  a.behave = undefined;
  finish();
  await Promise.all([first, second]);
});

test('logs can be reopened after a rotation; one that cannot be is told and kept', async () => {
  const folder = new Folder();
  const accessLog = join(folder.path, 'access.log');
  await start({ accessLog });
  await running.get('/first');
  renameSync(accessLog, `${accessLog}.1`);
  expect((await ask('POST', '/logs/reopen')).status).toBe(200);
  await running.get('/second');
  rmSync(accessLog);
  mkdirSync(accessLog);
  const failed = await ask('POST', '/logs/reopen');
  expect(failed.status).toBe(500);
  expect(failed.body.error).toMatch(/EISDIR.*; the old file is kept$/);
  await running.balancer.reload(configFor([a, b], { accessLog }));
  await running.balancer.close();
  const lines = readFileSync(`${accessLog}.1`, 'utf8');
  expect(lines).toContain('/first');
  expect(lines).not.toContain('/second');
  folder.remove();
});
