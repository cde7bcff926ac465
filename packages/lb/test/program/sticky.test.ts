/** Sticky sessions: they stay while they can, and move once when they cannot. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConfigFile } from '../../src/index.ts';
import { configFor, type Running, startBalancer } from './balancer.ts';
import { type Backend, startBackend, until } from './support.ts';

const SECRET = 'known to all instances';
const STICKY: ConfigFile = { strategy: { name: 'sticky', options: { fallback: 'round-robin' } } };
const SHARED: ConfigFile = { strategy: { name: 'sticky', secret: SECRET } };

let backends: Backend[];
let running: Running;

beforeEach(async () => {
  backends = [await startBackend('a'), await startBackend('b'), await startBackend('c')];
});

afterEach(async () => {
  await running.balancer.destroy();
  for (const backend of backends) await backend.stop();
});

async function start(more: ConfigFile = STICKY): Promise<void> {
  running = await startBalancer(configFor(backends, more));
}

/** A client that keeps the one cookie that it is sent. */
class Browser {
  cookie = '';
  /** How often it was sent one. */
  bindings = 0;

  /** @returns the name of the backend that answered */
  async visit(): Promise<string> {
    const headers = { connection: 'close', cookie: this.cookie };
    const response = await fetch(running.url, { headers });
    for (const line of response.headers.getSetCookie()) {
      this.bindings += 1;
      this.cookie = line.split(';')[0] ?? '';
    }
    return response.text();
  }

  async visits(count: number): Promise<string[]> {
    const names: string[] = [];
    for (let i = 0; i < count; i++) names.push(await this.visit());
    return names;
  }
}

/** Browsers by the backend at which each has begun. */
async function oneAtEach(): Promise<Record<string, Browser>> {
  const browsers: Record<string, Browser> = {};
  while (Object.keys(browsers).length < backends.length) {
    const browser = new Browser();
    browsers[await browser.visit()] = browser;
  }
  return browsers;
}

async function admin(method: string, path: string, body: unknown): Promise<unknown> {
  const headers = { connection: 'close' };
  const init = { method, headers, body: JSON.stringify(body) };
  const response = await fetch(running.adminUrl + path, init);
  const answer = (await response.json()) as { readonly error?: string };
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

const four = (name: string): string[] => [name, name, name, name];

test('a session stays; clients without a cookie are spread by the fallback', async () => {
  await start();
  const browsers = await oneAtEach();
  for (const [name, browser] of Object.entries(browsers)) {
    expect(await browser.visits(4)).toEqual(four(name));
    expect(browser.bindings).toBe(1);
  }
  const strangers = [];
  for (let i = 0; i < 6; i++) strangers.push(await new Browser().visit());
  expect(strangers.sort()).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
});

test('a forged, cut or foreign cookie is as good as none', async () => {
  await start();
  const { a } = await oneAtEach();
  const ours = a!.cookie;
  const foreign = ours.replace(/=.*/, `=${'A'.repeat(22)}`);
  for (const cookie of [ours.slice(0, -1), foreign, 'evenkeel=a', 'evenkeel=', ours.slice(9)]) {
    const browser = new Browser();
    browser.cookie = cookie;
    await browser.visit();
    expect(browser.bindings, cookie).toBe(1);
  }
});

test('a session whose backend died moves exactly once', async () => {
  await start();
  const { a: browser } = await oneAtEach();
  const port = backends[0]!.port;
  await backends[0]!.stop();
  const next = await browser!.visit();
  expect(next).not.toBe('a');
  expect(await browser!.visits(4)).toEqual(four(next));
  backends.push(await startBackend('a', port));
  await running.untilState('a', 'ready');
  expect(await browser!.visits(4)).toEqual(four(next));
  expect(browser!.bindings).toBe(2);
});

test('a backend that drains keeps its sessions and gets no others; maintenance moves them', async () => {
  await start();
  const { a: browser } = await oneAtEach();
  await admin('PATCH', '/backends/a', { state: 'drain' });
  for (let i = 0; i < 6; i++) expect(await new Browser().visit()).not.toBe('a');
  expect(await browser!.visits(4)).toEqual(four('a'));
  expect(browser!.bindings).toBe(1);
  await admin('PATCH', '/backends/a', { state: 'maintenance' });
  const next = await browser!.visit();
  expect(next).not.toBe('a');
  expect(await browser!.visits(4)).toEqual(four(next));
});

test('after the drain timeout the sessions move, once', async () => {
  await start({ ...STICKY, timeouts: { drainMs: 500 } });
  const { a: browser } = await oneAtEach();
  await admin('PATCH', '/backends/a', { state: 'drain' });
  await until(async () => (await browser!.visit()) !== 'a', 'it has moved');
  const next = await browser!.visit();
  expect(await browser!.visits(4)).toEqual(four(next));
  expect(browser!.bindings).toBe(2);
});

test('a reload keeps the sessions, also without a secret; another secret ends them', async () => {
  await start();
  const { b: browser } = await oneAtEach();
  await running.balancer.reload(configFor(backends, { ...STICKY, retries: { tries: 5 } }));
  await running.untilState('b', 'ready');
  expect(await browser!.visits(4)).toEqual(four('b'));
  expect(browser!.bindings).toBe(1);
  await running.balancer.reload(configFor(backends, { ...SHARED, retries: { tries: 5 } }));
  await browser!.visit();
  expect(browser!.bindings).toBe(2);
});

test('instances with one secret know each other’s sessions, others do not', async () => {
  await start(SHARED);
  const browser = new Browser();
  const name = await browser.visit();
  await running.balancer.close();
  await start(SHARED);
  expect(await browser.visits(4)).toEqual(four(name));
  expect(browser.bindings).toBe(1);
  await running.balancer.close();
  await start();
  await browser.visit();
  expect(browser.bindings).toBe(2);
});

test('the cookie has the attributes that are configured, and shows no address', async () => {
  const cookie = { sameSite: 'strict', maxAgeMs: 3_600_000, domain: 'example.org' } as const;
  running = await startBalancer({
    ...configFor([]),
    backends: backends.map(({ url }) => ({ url })),
    strategy: { name: 'sticky', cookie },
  });
  const response = await fetch(running.url, { headers: { connection: 'close' } });
  await response.text();
  const [line = ''] = response.headers.getSetCookie();
  expect(line).toMatch(
    /^evenkeel=[\w-]{22}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=3600; Domain=example.org$/,
  );
  const value = Buffer.from(line.slice(9, 31), 'base64url').toString('latin1');
  expect(value).not.toContain('127.0.0.1');
});

test('sticky can be switched on and off while it runs, and its secret is not shown', async () => {
  await start({ strategy: 'round-robin' });
  const browser = new Browser();
  await browser.visits(3);
  expect(browser.bindings).toBe(0);
  const named = { name: 'sticky', key: { cookie: 'at' } };
  expect(await admin('PUT', '/strategy', { ...named, secret: SECRET })).toEqual(named);
  const name = await browser.visit();
  expect(browser.cookie).toMatch(/^at=/);
  expect(await browser.visits(4)).toEqual(four(name));
  await admin('PUT', '/strategy', { name: 'round-robin' });
  expect((await browser.visits(3)).sort()).toEqual(['a', 'b', 'c']);
  expect(browser.bindings).toBe(1);
  await expect(admin('PUT', '/strategy', { name: 'sticky', key: 'ip' })).rejects.toThrow(
    'strategy.key must be { cookie: NAME } for sticky, got "ip"',
  );
});
