/** A reload changes where and how a running balancer listens, and loses no connection by it. */

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ListenerFile } from '@evenkeel/config';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveWithWarnings } from '../../src/config/resolve.ts';
import { ConfigError, type ConfigFile } from '../../src/index.ts';
import { strategyTable } from '../../src/strategies.ts';
import { RawClient } from '../support/raw-client.ts';
import {
  echo,
  folder,
  startConfigured,
  startTcp,
  type Tcp,
  type TcpBackend,
} from '../tcp/stand.ts';
import { type Backend, freePort, startBackend, until } from './support.ts';

let web: Backend;
let plain: TcpBackend;
let running: Tcp;

beforeEach(async () => {
  web = await startBackend('web');
  plain = await startTcp(echo('plain '));
});

afterEach(() => web.stop());

/** Services `web` and `plain`, and these listeners. */
function fileOf(listeners: readonly ListenerFile[], more: ConfigFile = {}): ConfigFile {
  const services = {
    web: { backends: [{ url: web.url, id: 'web' }] },
    plain: { backends: [{ url: plain.url, id: 'plain' }] },
  };
  const tcp = listeners.map((one) => (one.mode === 'tcp' ? { service: 'plain', ...one } : one));
  return { health: 'off', listeners: tcp, services, routes: [{ service: 'web' }], ...more };
}

const reload = (listeners: readonly ListenerFile[], more?: ConfigFile): Promise<void> =>
  running.balancer.reload(fileOf(listeners, more));

const listening = (): string[] =>
  running.balancer.listening.map(({ mode, address }) => `${mode}:${address.unix ?? address.port}`);

/** What a client meets at a port: `web`, `plain`, or nothing. */
async function metAt(port: number): Promise<string> {
  const client = await RawClient.open(port).catch(() => undefined);
  if (client === undefined) return '';
  client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  await client.until(() => /plain GET|\r\n\r\nweb$/.test(client.received));
  client.close();
  return client.received.startsWith('plain') ? 'plain' : 'web';
}

test('a listener moves: the new port serves at once, what ran at the old one ends in order', async () => {
  const [from, to] = [await freePort(), await freePort()];
  running = await startConfigured(fileOf([{ port: from }]));
  let finish = (): void => {};
  web.behave = (_request, response) => {
    finish = () => response.end('late');
  };
  const late = fetch(`http://127.0.0.1:${from}`);
  await until(() => web.requests === 1, 'it is there');
  web.behave = undefined;
  await reload([{ port: to }]);
  expect([await metAt(from), await metAt(to)]).toEqual(['', 'web']);
  finish();
  const answer = await late;
  expect([await answer.text(), answer.headers.get('connection')]).toEqual(['late', 'close']);
});

test('one port serves http, then tcp, then http; no client is refused, and none is cut off', async () => {
  const port = await freePort();
  running = await startConfigured(fileOf([{ port }]));
  let finish = (): void => {};
  web.behave = (_request, response) => {
    finish = () => response.end('late');
  };
  const late = fetch(`http://127.0.0.1:${port}`);
  await until(() => web.requests === 1, 'it is there');
  web.behave = undefined;
  let isRunning = true;
  const failures: string[] = [];
  const clients = (async () => {
    while (isRunning) if ((await metAt(port).catch(String)) === '') failures.push('refused');
  })();
  await reload([{ port, mode: 'tcp' }]);
  expect(await metAt(port)).toBe('plain');
  const tunnel = await running.open();
  await tunnel.untilReceived('plain ');
  await reload([{ port }]);
  expect(await metAt(port)).toBe('web');
  finish();
  expect(await (await late).text()).toBe('late');
  tunnel.send('still there');
  await tunnel.untilReceived('still there');
  tunnel.close();
  isRunning = false;
  await clients;
  expect(failures).toEqual([]);
});

test('a service goes from http to tcp with its only listener, and keeps what is known of its backends', async () => {
  const port = await freePort();
  const file = { listen: { port }, health: 'off' } as const;
  running = await startConfigured({ ...file, backends: [{ url: web.url, id: 'a' }] });
  expect(await metAt(port)).toBe('web');
  const { host } = new URL(web.url);
  await running.balancer.reload({ ...file, mode: 'tcp', backends: [{ url: host, id: 'a' }] });
  expect(running.balancer.backends).toMatchObject([{ url: `tcp://${host}`, requests: 1 }]);
  expect(await metAt(port)).toBe('web');
  expect(running.balancer.backends).toMatchObject([{ requests: 2 }]);
});

test('an address that cannot be had leaves everything as it was, and is told in one line', async () => {
  const [port, free] = [await freePort(), await freePort()];
  running = await startConfigured(fileOf([{ port }]));
  const failures: string[] = [];
  running.balancer.events.on('reload-failed', ({ reason }) => failures.push(reason));
  const wanted = [{ port: free }, { port: web.port }];
  const refused = await reload(wanted, { strategy: 'random' }).catch((error) => error);
  const line = `config: cannot listen on 127.0.0.1:${web.port}: address already in use`;
  expect(refused).toBeInstanceOf(ConfigError);
  expect([refused.message, ...failures]).toEqual([line, line]);
  expect([await metAt(free), await metAt(port)]).toEqual(['', 'web']);
  expect(listening()).toEqual([`http:${port}`]);
  await expect(reload([{ port, host: '0.0.0.0' }])).rejects.toThrow(
    `config: cannot listen on 0.0.0.0:${port}: address already in use by 127.0.0.1:${port}, which only a restart gives up`,
  );
  await reload([{ port }, { port: free }]);
  expect(await metAt(free)).toBe('web');
});

test('listeners and services come and go together; connections of those that went may still end', async () => {
  const [one, two] = [await freePort(), await freePort()];
  const timeouts = { drainMs: 20_000 };
  running = await startConfigured(fileOf([{ port: one }], { timeouts }));
  await reload([{ port: one }, { port: two, mode: 'tcp' }], { timeouts });
  const tunnel = await RawClient.open(two);
  await tunnel.untilReceived('plain ');
  const { plain: _, ...services } = fileOf([]).services ?? {};
  await reload([{ port: one }], { timeouts, services });
  expect([await metAt(one), await metAt(two)]).toEqual(['web', '']);
  tunnel.send('more');
  await tunnel.untilReceived('more');
  await reload([{ port: one }], { timeouts: { drainMs: 0 }, services });
  expect(tunnel.closed).toBe(false);
  tunnel.close();
});

test('what still runs at a listener that went is cut off after drainMs', async () => {
  const [one, two] = [await freePort(), await freePort()];
  const timeouts = { drainMs: 30 };
  running = await startConfigured(fileOf([{ port: one }, { port: two, mode: 'tcp' }]));
  const tunnel = await RawClient.open(two);
  await tunnel.untilReceived('plain ');
  await reload([{ port: one }], { timeouts });
  await until(() => tunnel.closed, 'it is cut off');
  expect((await running.logged(1))[0]).toMatchObject({ end: 'refused', reason: 'drain-timeout' });
});

test('a shutdown waits for what still runs at a listener that went', async () => {
  const [one, two] = [await freePort(), await freePort()];
  running = await startConfigured(fileOf([{ port: one }, { port: two, mode: 'tcp' }]));
  const tunnel = await RawClient.open(two);
  await tunnel.untilReceived('plain ');
  await reload([{ port: one }]);
  const closed = running.balancer.close();
  tunnel.send('last words');
  await tunnel.untilReceived('last words');
  tunnel.socket.end();
  await closed;
  tunnel.close();
});

test('PROXY headers can be asked for and let be, at a port that stays', async () => {
  const port = await freePort();
  const header = 'PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n';
  const forwarding = { trustedProxies: ['127.0.0.1'] };
  running = await startConfigured(fileOf([{ port, mode: 'tcp' }], { forwarding }));
  await reload([{ port, mode: 'tcp', proxyProtocol: 'accept' }], { forwarding });
  const client = await RawClient.open(port);
  client.send(`${header}x`);
  await client.untilReceived('plain x');
  client.close();
  await reload([{ port, mode: 'tcp' }], { forwarding });
  expect(await metAt(port)).toBe('plain');
  const told = (await running.logged(2)).map((line) => line.client);
  expect(told.sort()).toEqual(['127.0.0.1', '192.0.2.7']);
});

test('the file of a Unix socket gets other permissions, and goes with its listener', async () => {
  const port = await freePort();
  const unix = join(folder.path, 'reloaded.sock');
  running = await startConfigured(fileOf([{ port }]));
  await reload([{ port }, { unix, socketMode: '600' }]);
  expect(statSync(unix).mode & 0o777).toBe(0o600);
  await reload([{ port }, { unix, socketMode: '660' }]);
  expect(statSync(unix).mode & 0o777).toBe(0o660);
  await reload([{ unix }, { port }]);
  expect(statSync(unix).mode & 0o777).toBe(0o777 & ~process.umask());
  await reload([{ port }]);
  expect(existsSync(unix)).toBe(false);
});

test('reloads that overlap are made one after the other', async () => {
  const ports = [await freePort(), await freePort(), await freePort()];
  running = await startConfigured(fileOf([{ port: 0 }]));
  await Promise.all(ports.map((port) => reload([{ port }])));
  expect(listening()).toEqual([`http:${ports[2]}`]);
  const [first = 0] = ports;
  const late = reload([{ port: first }]).catch((error) => String(error));
  await running.balancer.destroy();
  expect(await late).toContain('only a running load balancer');
  expect(await metAt(first)).toBe('');
});

test('a service for tcp that no listener leads to is told, and waits for one', () => {
  const { warnings } = resolveWithWarnings(fileOf([{ port: 0 }]), strategyTable());
  expect(warnings).toEqual(['config: services.plain is reached by no listener']);
  const { services } = fileOf([]);
  const none = { listeners: [{ port: 0 }], services: { plain: services?.plain ?? {} } };
  expect(() => resolveWithWarnings(none, strategyTable())).toThrow(/plain\S+ must be http:/);
});

describe('a configuration of listeners that leads nowhere changes nothing', () => {
  const tcp: ListenerFile = { port: 0, mode: 'tcp' };
  test.for([
    ['no listener', { listeners: [] }, 'listeners must be a list of 1 to 100 items, got []'],
    ['none such', { listeners: [{ ...tcp, service: 'x' }] }, 'listeners[0].service must be one of'],
    ['not told which', { listeners: [tcp] }, 'listeners[0].service must be told which'],
    ['for two modes', { listeners: [{ port: 0 }, { ...tcp, service: 'web' }] }, 'web'],
  ] as const)('%s', async ([_, wrong, message]) => {
    running = await startConfigured(fileOf([{ port: 0 }]));
    const { port } = running;
    const refused = running.balancer.reload({ ...fileOf([]), ...wrong } as ConfigFile);
    await expect(refused).rejects.toThrow(message);
    expect(await metAt(port)).toBe('web');
  });
});

test('every sequence of listeners ends as a start with the last of them would', async () => {
  const ports = [await freePort(), await freePort(), await freePort()];
  running = await startConfigured(fileOf([{ port: ports[0]! }]));
  let seed = 12;
  const draw = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  for (let step = 0; step < 25; step++) {
    const wanted = ports.map(() => ['', 'web', 'plain'][draw(3)]!);
    const listeners = ports.flatMap((port, i): ListenerFile[] =>
      wanted[i] === '' ? [] : [{ port, mode: wanted[i] === 'plain' ? 'tcp' : 'http' }],
    );
    if (listeners.length === 0) continue;
    await reload(draw(2) === 0 ? listeners : listeners.toReversed());
    expect(await Promise.all(ports.map(metAt)), `step ${step}`).toEqual(wanted);
  }
});
