/** The small balancers of examples/from-scratch: the same behaviour, and where theirs fails and ours does not. */

import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConfigFile, loadConfigFile } from '../../src/index.ts';
import { type Running, startBalancer } from '../program/balancer.ts';
import { type Backend, startBackend, until } from '../program/support.ts';
import { type Naive, startNaive } from './naive.ts';

const FOLDER = join(import.meta.dirname, '../../../../examples/from-scratch');

let backends: Backend[];
let running: Running | undefined;
let naive: Naive | undefined;

beforeEach(async () => {
  backends = await Promise.all(['alpha', 'beta', 'gamma'].map((name) => startBackend(name)));
});

afterEach(async () => {
  naive?.stop();
  await running?.balancer.destroy();
  [naive, running] = [undefined, undefined];
  await Promise.all(backends.map((backend) => backend.stop()));
});

/** Starts the file's balancer before the test's backends, each in the place of one of the file's. */
async function startFrom(name: string, environment = {}): Promise<Running> {
  const file = loadConfigFile(join(FOLDER, name), environment);
  const places = file.backends ?? [{ url: '' }, { url: '' }, { url: '' }];
  const config: ConfigFile = {
    ...file,
    listen: { port: 0 },
    backends: places.map((place, i) => ({
      ...(typeof place === 'string' ? {} : place),
      url: backends[i]?.url ?? '',
    })),
    admin: { listen: '0' },
  };
  running = await startBalancer(config);
  return running;
}

/** The name that answers, or the status. */
async function asked(url: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(url, { ...init, headers: { connection: 'close' } });
  const text = await response.text();
  return response.ok ? text : String(response.status);
}

const FILES = ['a-named-backends.yaml', 'b-users-service.yaml', 'd-healthcheck.yaml'];

describe.each(FILES)('%s', (name) => {
  beforeEach(async () => {
    // The check of (d) asks for a path that any backend answers with its name.
    await startFrom(name);
  });

  test('goes round, and skips the dead', async () => {
    const { url } = running!;
    const answers: string[] = [];
    for (let i = 0; i < 6; i++) answers.push(await asked(url));
    expect(new Set(answers.slice(0, 3))).toEqual(new Set(['alpha', 'beta', 'gamma']));
    expect(answers.slice(3)).toEqual(answers.slice(0, 3));
    await backends[1]!.stop();
    for (let i = 0; i < 6; i++) expect(await asked(url)).toMatch(/^(alpha|gamma)$/);
  });

  test('a POST that meets a dead backend is answered, with its whole body', async () => {
    for (const backend of backends) {
      backend.behave = (request, response) => request.pipe(response);
    }
    await backends[0]!.stop();
    for (let i = 0; i < 4; i++) {
      expect(await asked(running!.url, { method: 'POST', body: `body ${i}` })).toBe(`body ${i}`);
    }
  });

  test('64 clients that hang up take no backend out', async () => {
    await hangUp(running!.url);
    expect(running!.balancer.backends.map(({ state }) => state)).toEqual([
      'ready',
      'ready',
      'ready',
    ]);
    for (const backend of backends) backend.behave = undefined;
    expect(await asked(running!.url)).toMatch(/^(alpha|beta|gamma)$/);
  });

  test('all dead is 503, and all back is 200, without waiting for the next round of checks', async () => {
    const { url } = running!;
    await bounce(url, async () => {
      await until(async () => /^50[23]$/.test(await asked(url)), 'none answers');
    });
    await until(async () => /^(alpha|beta|gamma)$/.test(await asked(url)), 'one is back');
  });
});

describe('a balancer as tutorials write it', () => {
  beforeEach(async () => {
    naive = await startNaive(backends.map(({ url }) => url));
  });

  test('goes round and skips the dead as well', async () => {
    expect(await asked(naive!.url)).toBe('alpha');
    await backends[1]!.stop();
    expect([await asked(naive!.url), await asked(naive!.url)]).toEqual(['gamma', 'alpha']);
  });

  test('loses the body of a POST that meets a dead backend', async () => {
    for (const backend of backends) {
      backend.behave = (request, response) => request.pipe(response);
    }
    await backends[0]!.stop();
    const answer = await asked(naive!.url, { method: 'POST', body: 'the body' }).catch(
      () => 'none',
    );
    expect(answer).not.toBe('the body');
  });

  test('takes clients that hang up for dead backends', async () => {
    await hangUp(naive!.url);
    for (const backend of backends) backend.behave = undefined;
    await until(async () => (await asked(naive!.url)) === '503', 'all are marked down');
  });

  test('answers 503 while all backends are back', async () => {
    const { url } = naive!;
    await bounce(url, async () => expect(await asked(url)).toBe('503'));
    expect(await asked(url)).toBe('503');
  });
});

/** 64 clients send a request, and leave before its answer. */
async function hangUp(url: string): Promise<void> {
  let held = 0;
  for (const backend of backends) {
    backend.behave = (request, response) => {
      // Its checks are answered as ever.
      if (request.url === '/') held += 1;
      else response.end();
    };
  }
  const { port } = new URL(url);
  const sockets = Array.from({ length: 64 }, () => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    return socket;
  });
  await until(() => held >= sockets.length, 'all have been asked');
  for (const socket of sockets) socket.destroy();
  await until(() => backends.every(({ connections }) => connections === 0), 'all were called off');
}

/** All backends die, and are started again at their ports. */
async function bounce(url: string, whileDead: () => Promise<void>): Promise<void> {
  await asked(url);
  const ports = backends.map(({ port }) => port);
  await Promise.all(backends.map((backend) => backend.stop()));
  await whileDead();
  backends = await Promise.all(
    ['alpha', 'beta', 'gamma'].map((name, i) => startBackend(name, ports[i])),
  );
}
