/** A reload under traffic loses no request, and keeps what is known of the backends that stay. */

import { Agent, request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError, type ConfigFile } from '../../src/index.ts';
import { configFor, type Running, startBalancer } from './balancer.ts';
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

/** Sends requests over a few kept-alive connections until told to stop. */
function traffic(url: string): { readonly sent: () => number; stop(): Promise<string[]> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const failures: string[] = [];
  let isRunning = true;
  let sent = 0;
  const once = (): Promise<void> =>
    new Promise((resolve) => {
      sent += 1;
      request(url, { agent, method: 'POST', headers: { 'content-length': 4 } }, (response) => {
        if (response.statusCode !== 200) failures.push(`status ${response.statusCode}`);
        response.resume().on('end', resolve);
      })
        .on('error', (error) => {
          failures.push(error.message);
          resolve();
        })
        .end('body');
    });
  const client = async (): Promise<void> => {
    while (isRunning) await once();
  };
  const clients = Promise.all([client(), client(), client(), client()]);
  return {
    sent: () => sent,
    async stop() {
      isRunning = false;
      await clients;
      agent.destroy();
      return failures;
    },
  };
}

test('no request is lost while backends, strategy and policies are replaced under traffic', async () => {
  running = await startBalancer(configFor([a, b]));
  const changes: ConfigFile[] = [
    configFor([b, c]),
    configFor([c, a], { strategy: 'power-of-two' }),
    configFor([a, b, c], { retries: { tries: 5 }, passive: { maxFails: 9 } }),
    configFor([a], { timeouts: { connectMs: 700 }, limits: { fields: 50 } }),
    configFor([a, b], { health: 'off' }),
  ];
  const load = traffic(running.url);
  for (let i = 0; i < 20; i++) {
    await running.balancer.reload(changes[i % changes.length]!);
    const until_ = load.sent() + 20;
    await until(() => load.sent() > until_, 'more was sent');
  }
  expect(await load.stop()).toEqual([]);
});

test('backends that stay keep their counts and state; those that leave get nothing more', async () => {
  running = await startBalancer(configFor([a, b]));
  for (let i = 0; i < 10; i++) await running.get();
  await running.balancer.reload({
    ...configFor([]),
    strategy: 'round-robin',
    backends: [
      { url: a.url, id: 'a', weight: 2 },
      { url: c.url, id: 'c' },
    ],
  });
  expect(running.balancer.backends[0]).toMatchObject({
    id: 'a',
    weight: 2,
    requests: 5,
    state: 'ready',
  });
  await running.untilState('c', 'ready');
  for (let i = 0; i < 10; i++) await running.get();
  expect([a.requests, b.requests, c.requests]).toEqual([10, 5, 5]);
});

test('a request in flight ends at the backend where it began, though that one has left', async () => {
  running = await startBalancer(configFor([a]));
  let finish = (): void => {};
  a.behave = (_request, response) => {
    finish = () => response.end('from a');
  };
  const late = running.get();
  await until(() => a.requests === 1, 'the request is there');
  await running.balancer.reload(configFor([b]));
  await until(async () => (await running.get()).body === 'b', 'b answers');
  finish();
  expect(await late).toEqual({ status: 200, body: 'from a' });
});

test('a backend that has left is checked no more, and its idle connections are closed', async () => {
  running = await startBalancer(configFor([a, b]));
  await running.get();
  await running.get();
  await until(() => a.connections > 0, 'a connection to a is kept');
  await running.balancer.reload(configFor([b]));
  await until(() => a.connections === 0, 'it is closed');
  const checks = a.checks;
  const others = b.checks;
  await until(() => b.checks > others + 5, 'the other one is checked');
  expect(a.checks).toBe(checks);
});

test('a configuration that cannot be used changes nothing', async () => {
  running = await startBalancer(configFor([a]));
  for (const wrong of [{ ...configFor([b]), strategy: 'none' }, configFor([]), { nonsense: 1 }]) {
    await expect(running.balancer.reload(wrong as ConfigFile)).rejects.toThrow(ConfigError);
  }
  expect((await running.get()).body).toBe('a');
});

test('requests go to services by host and prefix, and routes can be replaced', async () => {
  const services = {
    one: { backends: [{ url: a.url, id: 'a' }] },
    two: { backends: [{ url: b.url, id: 'b' }], strategy: 'random' },
  };
  const { backends: _, ...rest } = configFor([]);
  const routes = [
    { service: 'one' },
    { prefix: '/v2', service: 'two' },
    { host: 'two.example', service: 'two' },
  ];
  running = await startBalancer({ ...rest, services, routes });
  const bodyOf = async (path: string, host = ''): Promise<string> => {
    const { port } = new URL(running.url);
    return new Promise((resolve, reject) => {
      const headers = host === '' ? {} : { host };
      request({ port, host: '127.0.0.1', path, headers, agent: false }, (response) => {
        let body = '';
        response.on('data', (part) => {
          body += part;
        });
        response.on('end', () => resolve(body));
      })
        .on('error', reject)
        .end();
    });
  };
  expect(await bodyOf('/')).toBe('a');
  expect(await bodyOf('/v2/x')).toBe('b');
  expect(await bodyOf('/v2x')).toBe('a');
  expect(await bodyOf('/', 'two.example:80')).toBe('b');
  await running.balancer.reload({ ...rest, services, routes: [{ service: 'two' }] });
  expect(await bodyOf('/')).toBe('b');
});

test('a delete holds though a new configuration names the backend before it has left', async () => {
  running = await startBalancer(configFor([a, b]));
  let finish = (): void => {};
  a.behave = (_request, response) => {
    finish = () => response.end('late');
  };
  const late = [running.get(), running.get()];
  await until(() => a.requests === 1, 'the request is there');
  await fetch(`${running.adminUrl}/backends/a`, { method: 'DELETE' });
  await running.balancer.reload(configFor([a, b]));
  finish();
  await Promise.all(late);
  a.behave = undefined;
  await until(() => running.balancer.backends.length === 1, 'it has left');
  expect(running.balancer.backends.map(({ id, state }) => [id, state])).toEqual([['b', 'ready']]);
});

test('a reload warns of what differs from what runs, not from the file before', async () => {
  const warnings: string[] = [];
  const log = { debug() {}, info() {}, error() {}, warn: (line: string) => warnings.push(line) };
  const first = configFor([a]);
  running = await startBalancer(first, { log });
  const moved: ConfigFile = { ...first, log: { level: 'warn' } };
  await running.balancer.reload(moved);
  await running.balancer.reload(moved);
  const warning = 'reload: a change of log needs a restart';
  expect(warnings.filter((line) => line.startsWith('reload'))).toEqual([warning, warning]);
  await running.balancer.reload(first);
  expect(warnings.filter((line) => line.startsWith('reload'))).toHaveLength(2);
});
