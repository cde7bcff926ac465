/** Backends that are found while the balancer runs, as its clients and its operator see it. */

import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../src/cli.ts';
import type { ConfigFile } from '../../src/index.ts';
import { a as address, DnsServer } from '../support/dns-server.ts';
import { activeResources, type Running, startBalancer, untilNothingIsLeft } from './balancer.ts';
import { type Backend, Folder, startBackend, until } from './support.ts';

let dns: DnsServer;
let a: Backend;
let b: Backend;
let running: Running | undefined;
const folder = new Folder();
afterAll(() => folder.remove());

beforeEach(async () => {
  [dns, a] = [await DnsServer.start(), await startBackend('a')];
  // As two pods: one port, two addresses.
  b = await startBackend('b', a.port, '127.0.0.2');
});

afterEach(async () => {
  await running?.balancer.destroy();
  running = undefined;
  await Promise.all([dns.stop(), a.stop(), b.stop()]);
});

const sourceOf = (name: string) => ({
  url: `dns://${name}:${a.port}?server=127.0.0.1:${dns.port}`,
  minRefresh: 20,
  maxRefresh: 50,
});

const configOf = (discovery: ConfigFile['discovery'], more: ConfigFile = {}): ConfigFile => ({
  listen: { port: 0 },
  admin: { listen: '0' },
  health: 'off',
  ...(discovery === undefined ? {} : { discovery }),
  ...more,
});

const ids = (): string[] => (running?.balancer.backends ?? []).map(({ id }) => id);

interface Source {
  readonly result: string;
  readonly detail: string;
  readonly backends: number;
}

async function sources(): Promise<Source[]> {
  return (await running!.admin('GET', '/discovery')).body as Source[];
}

test('a name that is known at the start serves the first request', async () => {
  dns.serve([address('web', '127.0.0.1')]);
  running = await startBalancer(configOf(sourceOf('web')));
  expect(await running.get()).toEqual({ status: 200, body: 'a' });
  expect(running.balancer.backends).toMatchObject([
    { id: `127.0.0.1:${a.port}`, source: 'discovery', weight: 1 },
  ]);
});

test('a name that never resolved starts, says so, and answers 503 until it does', async () => {
  const warnings: string[] = [];
  const quiet = (): void => {};
  const log = {
    debug: quiet,
    info: quiet,
    error: quiet,
    warn: (line: string) => void warnings.push(line),
  };
  running = await startBalancer(configOf(sourceOf('web')), { log });
  expect((await running.get()).status).toBe(503);
  expect((await running.admin('GET', '/readyz')).status).toBe(503);
  await until(() => dns.asked.length > 8, 'it was asked again');
  expect(warnings).toEqual([
    expect.stringMatching(
      /^discovery for service default: dns:.*: nxdomain: there is no web .*; no backend is known yet$/,
    ),
  ]);
  dns.serve([address('web', '127.0.0.1')]);
  await until(() => ids().length === 1, 'it was found');
  expect(await running.get()).toEqual({ status: 200, body: 'a' });
});

test('a failure keeps what was found, and shows in the API, the metrics and the events', async () => {
  dns.serve([address('web', '127.0.0.1'), address('web', '127.0.0.2')]);
  running = await startBalancer(configOf(sourceOf('web')));
  for (const rcode of ['SERVFAIL', 'NXDOMAIN'] as const) {
    dns.reply = () => ({ rcode });
    await until(async () => (await sources())[0]?.result === rcode.toLowerCase(), 'it has failed');
  }
  dns.reply = () => ({});
  await until(async () => (await sources())[0]?.result === 'empty', 'it is empty');
  expect(ids()).toHaveLength(2);
  expect((await running.get()).body).toBe('a');
  const metrics = await (await fetch(`${running.adminUrl}/metrics`)).text();
  for (const result of ['ok', 'servfail', 'nxdomain', 'empty']) {
    expect(metrics).toMatch(new RegExp(`refreshes_total\\{.*result="${result}"\\} [1-9]`));
  }
  expect(metrics).toMatch(/evenkeel_discovery_refreshes_total\{.*result="timeout"\} 0/);
  expect(metrics).toMatch(/evenkeel_discovery_up\{service="default",source="dns:.*"\} 0/);
  expect(metrics).toMatch(/evenkeel_discovery_backends\{.*\} 2/);
  dns.serve([address('web', '127.0.0.2')]);
  await until(() => ids().length === 1, 'it is one');
  expect(await sources()).toMatchObject([{ result: 'ok', detail: '', backends: 1 }]);
});

test('a source that takes the place of another begins with what that has found, until it finds something', async () => {
  dns.serve([address('web', '127.0.0.1')]);
  running = await startBalancer(configOf(sourceOf('web')));
  await running.get();
  await running.balancer.reload(configOf(sourceOf('other')));
  expect(await running.get()).toEqual({ status: 200, body: 'a' });
  await until(async () => (await sources())[0]?.result === 'nxdomain', 'it has failed');
  expect(await running.get()).toEqual({ status: 200, body: 'a' });
  expect(running.balancer.backends).toMatchObject([{ requests: 3 }]);
  dns.serve([address('other', '127.0.0.2')]);
  await until(() => ids()[0]?.startsWith('127.0.0.2') === true, 'it has found something');
  expect((await running.get()).body).toBe('b');
  await running.balancer.reload(configOf(undefined, { backends: [{ url: a.url, id: 'a' }] }));
  expect(ids()).toEqual(['a']);
});

test('settings of a source hold for all that it finds; a reload changes them, an operator overrides them', async () => {
  dns.serve([address('web', '127.0.0.1'), address('web', '127.0.0.2')]);
  const source = { ...sourceOf('web'), maxConnections: 5, weight: 2 };
  running = await startBalancer(configOf(source));
  const settings = () =>
    running!.balancer.backends.map(({ weight, maxConnections }) => [weight, maxConnections]);
  expect(settings()).toEqual([
    [2, 5],
    [2, 5],
  ]);
  const id = `127.0.0.1:${a.port}`;
  running.balancer.patch(id, { maxConnections: 7, weight: 4 });
  await running.balancer.reload(configOf({ ...source, maxConnections: 6 }));
  await until(() => settings()[1]?.[1] === 6, 'the change is there');
  const before = dns.asked.length;
  await until(() => dns.asked.length > before + 4, 'it was asked again');
  expect(settings()).toEqual([
    [4, 7],
    [2, 6],
  ]);
  running.balancer.patch(id, { weight: null });
  expect(settings()[0]).toEqual([2, 7]);
  dns.serve([address('web', '127.0.0.2')]);
  await until(() => ids().length === 1, 'it is gone');
  dns.serve([address('web', '127.0.0.1'), address('web', '127.0.0.2')]);
  await until(() => ids().length === 2, 'it is back');
  expect(settings()[0]).toEqual([2, 6]);
});

test('survivors keep their counts and what the operator set; a vanished backend ends its request', async () => {
  dns.serve([address('web', '127.0.0.1'), address('web', '127.0.0.2')]);
  running = await startBalancer(configOf(sourceOf('web')));
  for (let i = 0; i < 4; i++) await running.get();
  await running.admin('PATCH', `/backends/127.0.0.1:${a.port}`, { maxConnections: 7 });
  const endings: (() => void)[] = [];
  for (const backend of [a, b]) {
    backend.behave = (_request, response) => endings.push(() => response.end('late'));
  }
  const late = [running.get(), running.get()];
  await until(() => endings.length === 2, 'both run');
  a.behave = undefined;
  dns.serve([address('web', '127.0.0.1')]);
  await until(() => ids().length === 1, 'one has vanished');
  expect(running.balancer.backends).toMatchObject([
    { requests: 3, maxConnections: 7, inFlight: 1 },
  ]);
  expect((await running.get()).body).toBe('a');
  for (const end of endings) end();
  for (const answer of await Promise.all(late))
    expect(answer).toEqual({ status: 200, body: 'late' });
});

test('a reload adds, changes and drops sources, and keeps those that stay', async () => {
  dns.serve([address('web', '127.0.0.1'), address('two', '127.0.0.2')]);
  const [one, two] = [sourceOf('web'), sourceOf('two')];
  running = await startBalancer(configOf(one));
  await running.balancer.reload(configOf([one, two]));
  await until(() => ids().length === 2, 'both are found');
  await running.balancer.reload(configOf(two.url));
  expect(ids()).toEqual([`127.0.0.2:${b.port}`]);
  await running.balancer.reload(configOf(undefined, { backends: [{ url: a.url, id: 'a' }] }));
  expect(ids()).toEqual(['a']);
  expect(await sources()).toEqual([]);
});

test('after close no socket, watcher and timer is left', async () => {
  const before = activeResources();
  dns.serve([address('web', '127.0.0.1')]);
  const file = folder.write('left.json', [b.url]);
  running = await startBalancer(configOf([sourceOf('web'), `file://${file}`]));
  expect(ids()).toHaveLength(2);
  dns.reply = () => undefined;
  const { length } = dns.asked;
  await until(() => dns.asked.length > length, 'a question is on its way');
  await running.balancer.close();
  await untilNothingIsLeft(before);
});

test('a watched file that is half written keeps the old one', async () => {
  const file = folder.write('backends.json', JSON.stringify([a.url]));
  running = await startBalancer(configOf(`file://${file}`));
  expect((await running.get()).body).toBe('a');
  writeFileSync(file, JSON.stringify([b.url]).slice(0, 12));
  await until(async () => (await sources())[0]?.result === 'partial', 'it says so');
  expect((await running.get()).body).toBe('a');
  writeFileSync(file, JSON.stringify([b.url]));
  await until(async () => (await running?.get())?.body === 'b', 'the new one is used');
});

test('what is no source ends the start with one line and exit code 2', async () => {
  const config = folder.write('lb.yaml', 'discovery: { url: "dns://web" }\n');
  for (const [args, line] of [
    [
      ['--discover', 'http://web:80'],
      /^--discover\[0\] must be .* \(the address of a backend belongs to backends\)/,
    ],
    [
      ['--config', config],
      /lb\.yaml:1:14: discovery\.url must be .* \(the port is missing\), got "dns:\/\/web"$/,
    ],
  ] as const) {
    let output = '';
    const stream = {
      write(text: string): void {
        output += text;
      },
    };
    const given = { args, environment: {}, stdout: stream, stderr: stream };
    expect(await runCli(given)).toBe(2);
    expect(output.trim()).toMatch(line);
  }
});
