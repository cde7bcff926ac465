/** Operations over real sockets: one case of each, what the client gets and what the backend saw. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConfigFile, createLoadBalancer, type LoadBalancer } from '../../src/index.ts';
import { answering, type RawBackend, startRawBackend } from '../support/raw-backend.ts';
import { roundTrip, statusOf } from '../support/raw-client.ts';
import '../support/steady-clock.ts';

const ANSWER =
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: x\r\nServer: old\r\nX-Powered-By: it\r\n\r\nok';

let backend: RawBackend;
let balancer: LoadBalancer;
let port: number;
const folder = mkdtempSync(join(tmpdir(), 'evenkeel-operations-'));
const accessLog = join(folder, 'access.log');

const ROUTES: ConfigFile['routes'] = [
  { prefix: '/' },
  { prefix: '/api/v1', stripPrefix: '/api' },
  { prefix: '/old', replacePrefix: '/new/place' },
  { prefix: '/secure', redirect: 'https' },
  { prefix: '/moved', redirect: { to: 'https://new.example{target}', status: 301 } },
  { prefix: '/down', respond: { status: 503, body: 'Zurück um 9\n', contentType: 'text/x-a' } },
  { prefix: '/gone', respond: 410 },
  { prefix: '/private', allow: ['10.0.0.0/8'] },
  { prefix: '/limited', rateLimit: { rate: '2/h', key: { header: 'x-key' } } },
  {
    prefix: '/fields',
    setRequest: {
      'X-User': '{clientAddress} {method} {path} {scheme} {service}',
      Host: 'in.example',
    },
    addRequest: { 'X-Extra': 'more' },
    removeRequest: ['X-Secret'],
    setResponse: { Server: '{backend}' },
    addResponse: { 'X-Extra': 'added' },
    removeResponse: ['X-Powered-By'],
  },
];

function configOf(routes: ConfigFile['routes']): ConfigFile {
  return {
    listen: { port: 0 },
    backends: [{ url: `http://${backend.address}`, id: 'b0' }],
    health: 'off',
    accessLog,
    forwarding: { trustedProxies: ['127.0.0.1'] },
    ...(routes && { routes }),
  };
}

beforeAll(async () => {
  backend = await startRawBackend(answering(ANSWER));
  balancer = createLoadBalancer(configOf(ROUTES));
  ({ port } = await balancer.listen());
});

afterAll(async () => {
  await balancer.close();
  await backend.stop();
  rmSync(folder, { recursive: true });
});

/** What came back, and what the backend saw of it. */
async function ask(target: string, ...lines: string[]): Promise<{ answer: string; seen: string }> {
  const before = backend.received.length;
  const fields = ['Host: a.example:8080', ...lines, 'Connection: close'].join('\r\n');
  const answer = await roundTrip(port, `GET ${target} HTTP/1.1\r\n${fields}\r\n\r\n`);
  return { answer, seen: backend.received.slice(before) };
}

test('a prefix is cut, and told', async () => {
  const { answer, seen } = await ask('/api/v1/x?y=1');
  expect(statusOf(answer)).toBe(200);
  expect(seen).toMatch(/^GET \/v1\/x\?y=1 HTTP\/1\.1\r\n/);
  expect(seen).toContain('\r\nX-Forwarded-Prefix: /api\r\n');
});

test('a prefix is replaced, in absolute form too', async () => {
  expect((await ask('http://a.example/old?x')).seen).toMatch(/^GET \/new\/place\?x HTTP\/1\.1\r\n/);
});

test('http is sent to https, unless a believed proxy says that it is there', async () => {
  const { answer, seen } = await ask('/secure/x?y');
  expect(answer).toMatch(/^HTTP\/1\.1 308 /);
  expect(answer).toContain('\r\nLocation: https://a.example/secure/x?y\r\n');
  expect(seen).toBe('');
  const there = await ask('/secure/x', 'X-Forwarded-Proto: https');
  expect(statusOf(there.answer)).toBe(200);
});

test('a redirect to elsewhere', async () => {
  const { answer } = await ask('/moved/a?b');
  expect(answer).toMatch(/^HTTP\/1\.1 301 /);
  expect(answer).toContain('\r\nLocation: https://new.example/moved/a?b\r\n');
});

test('a fixed response, its length in bytes', async () => {
  const { answer, seen } = await ask('/down');
  expect(answer).toMatch(/^HTTP\/1\.1 503 /);
  expect(answer).toContain('\r\nContent-Type: text/x-a\r\nContent-Length: 13\r\n');
  expect(Buffer.from(answer, 'latin1').toString()).toMatch(/\r\n\r\nZurück um 9\n$/);
  expect(seen).toBe('');
  expect((await ask('/gone')).answer).toMatch(/^HTTP\/1\.1 410 [\s\S]*410 Gone\n$/);
});

test('an address is refused by what a believed proxy says of it', async () => {
  const refused = await ask('/private');
  expect(statusOf(refused.answer)).toBe(403);
  expect(refused.seen).toBe('');
  expect(statusOf((await ask('/private', 'X-Forwarded-For: ::ffff:10.0.0.1')).answer)).toBe(200);
  expect(statusOf((await ask('/private', 'X-Forwarded-For: 11.0.0.1')).answer)).toBe(403);
});

test('fields are set, added and removed, both ways, in every spelling', async () => {
  const { answer, seen } = await ask('/fields/x?y', 'X-User: root', 'x_user: root', 'X-SECRET: 1');
  expect(seen).toContain('\r\nX-User: 127.0.0.1 GET /fields/x http default\r\n');
  expect(seen).toContain('\r\nX-Extra: more\r\n');
  expect(seen).toContain('\r\nHost: in.example\r\n');
  expect(seen).toContain('\r\nX-Forwarded-Host: a.example:8080\r\n');
  expect(seen).not.toMatch(/root|secret|Host: a\.example:8080\r\nX-User/i);
  expect(seen.match(/^host:/gim)).toHaveLength(1);
  expect(answer).toContain('\r\nServer: b0\r\n');
  expect(answer).toContain('\r\nX-Extra: added\r\n');
  expect(answer).not.toMatch(/Server: old|powered/i);
});

test('a client that asks too often gets 429 and is told when to come back; a reload keeps that', async () => {
  const key = 'X-Key: alice';
  const first = await ask('/limited', key);
  expect(first.answer).toContain('\r\nRateLimit-Policy: "default";q=2;w=3600\r\n');
  expect(first.answer).toContain('\r\nRateLimit: "default";r=1;t=1800\r\n');
  await ask('/limited', key);
  const third = await ask('/limited', key);
  expect(third.answer).toMatch(/^HTTP\/1\.1 429 /);
  expect(third.answer).toMatch(/\r\nRetry-After: (?:1800|17\d\d)\r\n/);
  expect(third.answer).toContain('\r\nRateLimit: "default";r=0;');
  expect(third.seen).toBe('');
  expect(statusOf((await ask('/limited', 'X-Key: bob')).answer)).toBe(200);
  await balancer.reload(configOf([...(ROUTES ?? []), { prefix: '/added' }]));
  expect(statusOf((await ask('/limited', key)).answer)).toBe(429);
});

test('the log tells why each was answered without a backend, with the target as it came', async () => {
  expect(statusOf(await roundTrip(port, 'GET /secure HTTP/1.0\r\n\r\n'))).toBe(400);
  await balancer.close();
  const lines = readFileSync(accessLog, 'utf8').trim().split('\n');
  const told = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ reason }) => reason !== '')
    .map(({ reason, status, target, backend: asked }) => [reason, status, target, asked].join(' '));
  expect([...new Set(told)].sort()).toEqual([
    'address-denied 403 /private ',
    'fixed-response 410 /gone ',
    'fixed-response 503 /down ',
    'host-missing 400 /secure ',
    'rate-limited 429 /limited ',
    'redirected 301 /moved/a?b ',
    'redirected 308 /secure/x?y ',
  ]);
});
