/** The numbers of /metrics and the lines of the access log are those of what was sent. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { configFor, type Running, startBalancer } from './balancer.ts';
import { type Backend, Folder, freePort, startBackend, until } from './support.ts';

const folder = new Folder();
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

afterAll(() => folder.remove());

async function scrape(): Promise<Map<string, number>> {
  const text = await (await fetch(`${running.adminUrl}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

test('each request is counted once, by backend and status', async () => {
  running = await startBalancer(configFor([a, b]));
  b.behave = (_request, response) => response.writeHead(404).end();
  for (let i = 0; i < 10; i++) await running.get();
  const metrics = await scrape();
  const ofA = 'backend="a",service="default"';
  const get = (name: string, labels: string) => metrics.get(`evenkeel_${name}{${labels}}`);
  expect(get('requests_total', 'backend="a",code="200",service="default"')).toBe(5);
  expect(get('requests_total', 'backend="b",code="404",service="default"')).toBe(5);
  expect(get('request_duration_seconds_count', 'service="default"')).toBe(10);
  expect(get('request_duration_seconds_bucket', 'le="+Inf",service="default"')).toBe(10);
  expect(get('request_duration_seconds_sum', 'service="default"')).toBeGreaterThan(0);
  expect(get('backend_up', ofA)).toBe(1);
  expect(get('backend_in_flight', ofA)).toBe(0);
  expect(get('health_checks_total', 'backend="a",result="pass",service="default"')).toBeGreaterThan(
    0,
  );
  expect(get('upstream_connections_created_total', ofA)).toBe(1);
  expect(get('backend_connect_seconds_count', ofA)).toBe(1);
  expect(get('backend_first_byte_seconds_count', ofA)).toBe(5);
  expect(get('response_body_bytes_total', ofA)).toBe(5);
  expect(get('queue_length', 'service="default"')).toBe(0);
  expect(get('backend_state', `${ofA},state="ready"`)).toBe(1);
  expect(get('backend_state', `${ofA},state="down"`)).toBe(0);
  expect(metrics.get('process_open_fds')).toBeGreaterThan(0);
  expect(metrics.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0);
  expect([...metrics.keys()].some((key) => /^evenkeel_build_info\{version="\d/.test(key))).toBe(
    true,
  );
  expect(metrics.get('process_cpu_seconds_total')).toBeGreaterThan(0);
});

test('retries, ejections and failed checks are counted at the backend that caused them', async () => {
  const backends = [
    { url: `http://127.0.0.1:${await freePort()}`, id: 'dead' },
    { url: b.url, id: 'b' },
  ];
  const more = { backends, health: 'off', passive: { consecutiveFailures: 2 } } as const;
  running = await startBalancer(configFor([], more));
  for (let i = 0; i < 6; i++) expect((await running.get()).status).toBe(200);
  const metrics = await scrape();
  expect(metrics.get('evenkeel_requests_total{backend="b",code="200",service="default"}')).toBe(6);
  expect(metrics.get('evenkeel_retries_total{backend="b",service="default"}')).toBe(2);
  expect(metrics.get('evenkeel_ejections_total{backend="dead",service="default"}')).toBe(1);
  expect(metrics.get('evenkeel_backend_up{backend="dead",service="default"}')).toBe(0);
  expect(running.balancer.backends[0]).toMatchObject({
    failures: 2,
    lastError: 'connection refused',
  });
});

test('a backend that has left is no longer shown, one that stays keeps its counts', async () => {
  running = await startBalancer(configFor([a, b]));
  for (let i = 0; i < 4; i++) await running.get();
  await running.balancer.reload(configFor([a]));
  await until(
    async () => ![...(await scrape()).keys()].some((key) => key.includes('backend="b"')),
    'the metrics of b have ended',
  );
  expect(
    (await scrape()).get('evenkeel_requests_total{backend="a",code="200",service="default"}'),
  ).toBe(2);
});

test('a request in flight is seen as such', async () => {
  running = await startBalancer(configFor([a]));
  let finish = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    a.behave = (_request, response) => {
      finish = () => response.end();
      resolve();
    };
  });
  const request = running.get();
  await arrived;
  const during = await scrape();
  expect(during.get('evenkeel_backend_in_flight{backend="a",service="default"}')).toBe(1);
  expect(during.get('evenkeel_connections_open{side="client"}')).toBe(1);
  expect(during.get('evenkeel_connections_open{side="upstream"}')).toBe(1);
  finish();
  await request;
  expect((await scrape()).get('evenkeel_backend_in_flight{backend="a",service="default"}')).toBe(0);
});

test('the access log has one line per request, written at the latest at the end', async () => {
  const accessLog = join(folder.path, 'access.log');
  running = await startBalancer(configFor([a, b], { accessLog }));
  for (let i = 0; i < 20; i++) await running.get(`/item/${i}?q=1`);
  await running.get('/gone', { headers: { 'x-request-id': 'mine' }, method: 'DELETE' });
  await running.balancer.close();
  const lines = readFileSync(accessLog, 'utf8').trimEnd().split('\n');
  const entries = lines.map((line) => JSON.parse(line));
  expect(entries).toHaveLength(21);
  expect(entries[3]).toMatchObject({
    client: '127.0.0.1',
    method: 'GET',
    target: '/item/3?q=1',
    host: new URL(running.url).host,
    status: 200,
    service: 'default',
    attempts: 1,
  });
  expect(entries[3]).toMatchObject({
    ...{ peer: '127.0.0.1', userAgent: 'node', requestBytes: 0, responseBytes: 1, queueMs: 0 },
    tries: [{ status: 200, outcome: 'ok' }],
  });
  expect(entries[20]).toMatchObject({ method: 'DELETE', requestId: 'mine' });
  // Both backends were added before the first request came.
  expect(entries.every(({ afterEvent }) => afterEvent >= 2)).toBe(true);
  expect(entries.filter(({ backend }) => backend === 'a')).toHaveLength(a.requests);
  expect(Math.abs(Date.parse(entries[3].time) - Date.now())).toBeLessThan(60_000);
});

test('the access log says how a request ended, and why', async () => {
  const accessLog = join(folder.path, 'ends.log');
  running = await startBalancer(configFor([a], { accessLog, limits: { targetBytes: 64 } }));
  await running.get();
  await running.get(`/${'x'.repeat(100)}`);
  await running.balancer.close();
  const lines = readFileSync(accessLog, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { status: 200, end: 'complete', reason: '' },
    { status: 414, end: 'refused', reason: 'target-too-long' },
  ]);
});

test('the access log says which event was the last before the attempt', async () => {
  const accessLog = join(folder.path, 'ordered.log');
  running = await startBalancer(configFor([a, b], { accessLog, admin: { listen: '0' } }));
  await running.get();
  a.health = 500;
  await running.untilState('a', 'down');
  await running.get();
  await running.balancer.close();
  const entries = readFileSync(accessLog, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  // Two were added and found ready; then one went down.
  expect(entries.map(({ afterEvent }) => afterEvent)).toEqual([4, 5]);
});
