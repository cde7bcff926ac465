/** Backends that leave, limits and weights that an operator sets, and connections that outlive all of it. */

import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConfigFile } from '../../src/index.ts';
import { configFor, QUICK_HEALTH, type Running, startBalancer } from './balancer.ts';
import { type Backend, startBackend, until } from './support.ts';

let a: Backend;
let b: Backend;
let c: Backend;
let running: Running;

beforeEach(async () => {
  [a, b, c] = [await startBackend('a'), await startBackend('b'), await startBackend('c')];
});

afterEach(async () => {
  await running.balancer.destroy();
  await Promise.all([a.stop(), b.stop(), c.stop()]);
});

async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
  const text = body === undefined ? null : JSON.stringify(body);
  const headers = { connection: 'close' };
  const response = await fetch(running.adminUrl + path, { method, body: text, headers });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${(answer as { error: string }).error}`);
  return answer;
}

const ids = (): string[] => running.balancer.backends.map(({ id }) => id);
const named = (id: string) => running.balancer.backends.find((backend) => backend.id === id)!;

async function metrics(): Promise<string> {
  return (await fetch(`${running.adminUrl}/metrics`)).text();
}

/** Requests that do not end before `finish`. */
function hanging(backend: Backend): { finish(): void } {
  const endings: (() => void)[] = [];
  backend.behave = (_request, response) => endings.push(() => response.end('late'));
  return {
    finish() {
      backend.behave = undefined;
      for (const end of endings) end();
    },
  };
}

const CHANGES: readonly ConfigFile[] = [
  { retries: { tries: 5 } },
  { health: { ...QUICK_HEALTH, method: 'HEAD' } },
  { slowStart: { windowMs: 60_000 } },
  { queue: { max: 3 }, strategy: 'least-connections' },
  { retries: 'off', passive: 'off', queue: 'off', health: 'off', strategy: 'random' },
  {},
];

test('what was set for a backend is forgotten once its source drops it', async () => {
  running = await startBalancer(configFor([a, b]));
  await ask('PATCH', '/backends/b', { state: 'maintenance' });
  await running.balancer.reload(configFor([a]));
  await running.balancer.reload(configFor([a, b]));
  await running.untilState('b', 'ready');
  expect(named('b').overrides).toEqual({});
});

test('weight 0 keeps new requests away, as drain does, and shows as such', async () => {
  running = await startBalancer(configFor([a, b]));
  expect(await ask('PATCH', '/backends/a', { weight: 0 })).toMatchObject({
    weight: 0,
    state: 'drain',
    overrides: { weight: 0 },
  });
  for (let i = 0; i < 4; i++) expect((await running.get()).body).toBe('b');
  await running.balancer.reload(configFor([a, b]));
  for (let i = 0; i < 4; i++) expect((await running.get()).body).toBe('b');
  await ask('PATCH', '/backends/a', { weight: null });
  await running.untilState('a', 'ready');
  expect(named('a').weight).toBe(1);
});

test('a lower limit takes effect at once, also below what runs', async () => {
  running = await startBalancer(configFor([a]));
  const held = hanging(a);
  const first = [running.get(), running.get()];
  await until(() => a.requests === 2, 'two run');
  await ask('PATCH', '/backends/a', { maxConnections: 1 });
  const third = running.get();
  await ask('GET', '/backends');
  expect(a.requests).toBe(2);
  held.finish();
  await Promise.all([...first, third]);
  expect(a.requests).toBe(3);
});

test('the idle connections of a backend that has left are closed, and its metrics end', async () => {
  const timeouts = { upstreamKeepAliveMs: 600_000 };
  running = await startBalancer(configFor([a, b], { timeouts }));
  for (let i = 0; i < 4; i++) await running.get();
  const held = hanging(a);
  const late = [running.get(), running.get()];
  await until(() => a.requests === 3, 'one runs at a');
  const backends = [{ url: b.url, id: 'b' }];
  await running.balancer.reload(configFor([], { backends, timeouts }));
  expect(await metrics()).toContain(
    'evenkeel_requests_total{backend="a",code="200",service="default"} 2',
  );
  expect(await metrics()).toContain('evenkeel_backend_in_flight{backend="a",service="default"} 1');
  held.finish();
  await Promise.all(late);
  await until(
    async () => !(await metrics()).includes('backend="a"'),
    'the metrics of a have ended',
  );
  expect(await metrics()).toContain('evenkeel_connections_open{side="upstream"} 1');
});

test('a service that the file drops lets its requests end, takes its backends along, and nothing stays', async () => {
  const { backends: _, ...rest } = configFor([]);
  const one = { backends: [{ url: a.url, id: 'a' }] };
  const two = { backends: [{ url: b.url, id: 'b' }] };
  running = await startBalancer({
    ...rest,
    services: { one, two },
    routes: [{ service: 'one' }, { prefix: '/two', service: 'two' }],
  });
  await ask('POST', '/backends', { url: c.url, id: 'c', service: 'two' });
  await running.untilState('c', 'ready');
  const held = [hanging(b), hanging(c)];
  const late = running.get('/two');
  await until(() => b.requests + c.requests === 1, 'it is there');
  await running.balancer.reload({ ...rest, services: { one }, routes: [{ service: 'one' }] });
  expect(ids()).toEqual(['a']);
  for (const { finish } of held) finish();
  expect(await late).toEqual({ status: 200, body: 'late' });
  await until(async () => !/backend="[bc]"/.test(await metrics()), 'their metrics have ended');
  // The id is free again.
  await ask('POST', '/backends', { url: c.url, id: 'c' });
});

test('a connection of a client outlives every kind of change', async () => {
  running = await startBalancer(configFor([a, b]));
  const { port } = new URL(running.url);
  const socket = connect(Number(port), '127.0.0.1');
  let received = '';
  socket.on('data', (part) => {
    received += part;
  });
  const answered = (count: number) =>
    until(() => received.split('HTTP/1.1 200').length === count + 1, `${count} are answered`);
  for (const [i, change] of CHANGES.entries()) {
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await answered(i + 1);
    await running.balancer.reload(configFor([a, b], change));
  }
  socket.destroy();
});

test('a deletion holds though the file moves the backend to another address meanwhile', async () => {
  running = await startBalancer(configFor([a, b]));
  const held = hanging(a);
  const late = [running.get(), running.get()];
  await until(() => a.requests === 1, 'one runs at a');
  await ask('DELETE', '/backends/a');
  const { url } = c;
  await running.balancer.reload(
    configFor([], {
      backends: [
        { url, id: 'a' },
        { url: b.url, id: 'b' },
      ],
    }),
  );
  expect(named('a')).toMatchObject({ url, state: 'drain' });
  for (let i = 0; i < 4; i++) expect((await running.get()).body).toBe('b');
  held.finish();
  await Promise.all(late);
  expect(c.requests).toBe(0);
});
