/** The admin API: what it shows, what it changes, whom it serves. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { request } from 'node:http';
import type { Server, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConfigFile } from '../../src/index.ts';
import { configFor, type Running, startBalancer } from './balancer.ts';
import { type Backend, startBackend, until } from './support.ts';

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
    if (state === 'drain') expect(a.checks).toBeGreaterThan(checks);
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
    ['POST', '/backends', {}, /^url must be http:\/\/host:port, got nothing$/],
    ['POST', '/backends', { url: a.url, wait: 1 }, /^wait is not known/],
    ['PATCH', '/backends/a', { weight: -1 }, /^weight must be a number from/],
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
  running.balancer.reload(configFor([a, b], { strategy: 'random' }));
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
