/**
 * A reload of policies keeps what is known of the backends, and what the operator set in them: in every case a
 * change that a reload brings is made to the running service.
 */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BackendStatus, ConfigFile } from '../../src/index.ts';
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

/** Each changes one policy of the group and nothing else. */
const POLICY_CHANGES: Readonly<Record<string, Partial<ConfigFile>>> = {
  retries: { retries: { tries: 5, on: ['connect'] } },
  'retries off': { retries: 'off' },
  'classic retries': { retries: { classic: true } },
  budget: { retries: { budget: { ratio: 0.5 } } },
  passive: { passive: { consecutiveFailures: 9 } },
  'passive off': { passive: 'off' },
  ejection: { passive: { ejection: { baseMs: 77_000 } } },
  queue: { queue: { max: 5, timeoutMs: 700 } },
  'slow start': { slowStart: { windowMs: 20_000 } },
  panic: { panicPercent: 40 },
  'health intervals': { health: { ...QUICK_HEALTH, fall: 4, rise: 4 } },
  'health by tcp': { health: { type: 'tcp', intervalMs: 50 } },
};

/** A configuration with the backends of these ids. */
function fileOf(ids: string, more: ConfigFile = {}): ConfigFile {
  const known: Readonly<Record<string, Backend>> = { a, b, c };
  const backends = [...ids].map((id) => ({ id, url: (known[id] as Backend).url }));
  return { ...configFor([]), backends, ...more };
}

const stateOf = (id: string): BackendStatus =>
  running.balancer.backends.find((backend) => backend.id === id) as BackendStatus;

describe('a change of policies alone', () => {
  for (const [name, change] of Object.entries(POLICY_CHANGES)) {
    test(`${name}: states, counts, drain and running requests stay as they are`, async () => {
      b.health = 500;
      running = await startBalancer(fileOf('abc'));
      await running.untilState('b', 'down');
      await running.untilState('c', 'ready');
      await running.admin('PATCH', '/backends/c', { state: 'drain' });
      for (let i = 0; i < 4; i++) await running.get();
      let finish = (): void => {};
      a.behave = (_request, response) => {
        finish = () => response.end('late');
      };
      const late = running.get();
      await until(() => a.requests === 5, 'it is there');
      const connections = a.connections;
      await running.balancer.reload(fileOf('abc', change));
      expect(stateOf('a')).toMatchObject({ state: 'ready', requests: 5, inFlight: 1 });
      expect(stateOf('b').state).toBe('down');
      expect(stateOf('c').state).toBe('drain');
      finish();
      expect((await late).body).toBe('late');
      a.behave = undefined;
      expect((await running.get()).body).toBe('a');
      expect(stateOf('a').requests).toBe(6);
      expect(a.connections).toBeLessThanOrEqual(connections + 1);
      expect([b.requests, c.requests]).toEqual([0, 0]);
    });
  }
});

test('a limit holds over reloads: what runs at a backend is counted on', async () => {
  const config = (tries: number): ConfigFile => ({
    ...configFor([], { retries: { tries }, queue: { max: 50, timeoutMs: 20_000 } }),
    backends: [{ url: a.url, id: 'a', maxConnections: 2 }],
  });
  running = await startBalancer(config(3));
  const finishes: (() => void)[] = [];
  let most = 0;
  a.behave = (_request, response) => {
    finishes.push(() => response.end('a'));
    most = Math.max(most, finishes.length);
  };
  const answers = [running.get(), running.get(), running.get(), running.get()];
  await until(() => finishes.length === 2, 'two run');
  await running.balancer.reload(config(2));
  await running.balancer.reload(config(1));
  expect(stateOf('a').inFlight).toBe(2);
  expect(a.requests).toBe(2);
  a.behave = undefined;
  for (const finish of finishes) finish();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(most).toBe(2);
});

describe('what the operator set', () => {
  test('lies over the file field by field, until it is given back', async () => {
    const config = (weight: number, priority: number): ConfigFile => ({
      ...configFor([]),
      backends: [
        { url: a.url, id: 'a', weight, priority },
        { url: b.url, id: 'b' },
      ],
    });
    running = await startBalancer(config(2, 0));
    await running.admin('PATCH', '/backends/a', { weight: 7, maxConnections: 9 });
    expect(stateOf('a')).toMatchObject({
      weight: 7,
      maxConnections: 9,
      source: 'file',
      overrides: { weight: 7, maxConnections: 9 },
    });
    await running.balancer.reload(config(3, 1));
    expect(stateOf('a')).toMatchObject({ weight: 7, maxConnections: 9, priority: 1 });
    await running.admin('PATCH', '/backends/a', { weight: null });
    expect(stateOf('a')).toMatchObject({ weight: 3, overrides: { maxConnections: 9 } });
    await running.admin('PATCH', '/backends/a', { maxConnections: null, state: null });
    expect(stateOf('a')).toMatchObject({ maxConnections: 0, overrides: {} });
  });

  test('a state holds though the backend moves to another address', async () => {
    const config = (at: Backend): ConfigFile => ({
      ...configFor([]),
      backends: [
        { url: at.url, id: 'a' },
        { url: b.url, id: 'b' },
      ],
    });
    running = await startBalancer(config(a));
    await running.admin('PATCH', '/backends/a', { state: 'maintenance' });
    await running.balancer.reload(config(c));
    expect(stateOf('a')).toMatchObject({ url: c.url, state: 'maintenance' });
    for (let i = 0; i < 4; i++) expect((await running.get()).body).toBe('b');
  });

  test('a strategy stays while the file says what it said, and gives way when that changes', async () => {
    running = await startBalancer(fileOf('ab'));
    await running.admin('PUT', '/strategy', { name: 'random' });
    await running.balancer.reload(fileOf('ab', { retries: { tries: 2 } }));
    expect(await running.strategy()).toBe('random');
    await running.balancer.reload(fileOf('ab', { strategy: 'least-connections' }));
    expect(await running.strategy()).toBe('least-connections');
  });
});

describe('sources', () => {
  test('a backend that was added stays over reloads until it is deleted', async () => {
    running = await startBalancer(fileOf('a'));
    await running.admin('POST', '/backends', { url: b.url, id: 'extra' });
    expect(stateOf('extra').source).toBe('admin');
    await running.balancer.reload(fileOf('ac'));
    expect(running.balancer.backends.map(({ id }) => id)).toEqual(['a', 'c', 'extra']);
    await running.admin('DELETE', '/backends/extra');
    await until(() => stateOf('extra') === undefined, 'it is gone');
    await running.balancer.reload(fileOf('a'));
    expect(stateOf('extra')).toBeUndefined();
  });

  test('a delete of a backend of the file holds until the file drops it and names it again', async () => {
    running = await startBalancer(fileOf('ab'));
    await running.admin('DELETE', '/backends/a');
    await until(() => stateOf('a') === undefined, 'it is gone');
    await running.balancer.reload(fileOf('ab', { retries: { tries: 2 } }));
    expect(stateOf('a')).toBeUndefined();
    await running.balancer.reload(fileOf('b'));
    await running.balancer.reload(fileOf('ab'));
    expect(stateOf('a').source).toBe('file');
  });

  test('one id from two sources: the reload is refused, naming both, and changes nothing', async () => {
    running = await startBalancer(fileOf('a'));
    await running.admin('POST', '/backends', { url: b.url, id: 'b' });
    await expect(running.balancer.reload(fileOf('ab', { strategy: 'random' }))).rejects.toThrow(
      /backend "b" of service default, http:\/\/127.0.0.1:\d+, was added to service default by the admin API as http:\/\//,
    );
    expect(running.balancer.backends.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(await running.strategy()).toBe('round-robin');
    const { status, body } = await running.admin('POST', '/backends', { url: c.url, id: 'a' });
    expect([status, JSON.stringify(body)]).toEqual([409, expect.stringContaining('in use')]);
  });

  test('one that drains for its deletion is given back by setting it ready', async () => {
    running = await startBalancer(fileOf('ab'));
    let finish = (): void => {};
    a.behave = (_request, response) => {
      finish = () => response.end('a');
    };
    const late = running.get();
    await until(() => a.requests === 1, 'it is there');
    await running.admin('DELETE', '/backends/a');
    expect(stateOf('a').state).toBe('drain');
    await running.balancer.reload(fileOf('ab', { retries: { tries: 2 } }));
    expect(stateOf('a').state).toBe('drain');
    await running.admin('PATCH', '/backends/a', { state: 'ready' });
    finish();
    await late;
    a.behave = undefined;
    await running.untilState('a', 'ready');
    for (let i = 0; i < 4; i++) await running.get();
    expect(a.requests).toBe(3);
  });
});
