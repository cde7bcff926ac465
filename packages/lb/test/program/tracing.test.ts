/** Spans of requests and attempts reach a collector, and backends are told of them; nothing of it where it is off. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { ConfigFile } from '../../src/index.ts';
import { startTracing } from '../../src/tracing/start.ts';
import { type OtlpSink, type SpanSeen, startOtlpSink } from '../support/otlp-sink.ts';
import { RawClient } from '../support/raw-client.ts';
import { configFor, type Running, startBalancer } from './balancer.ts';
import { type Backend, Folder, freePort, startBackend } from './support.ts';

const folder = new Folder();
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE}-${PARENT}-01`;

let sink: OtlpSink;
let backend: Backend;
let running: Running;
const warnings: string[] = [];
/** What the backend was sent, by request. */
const fields: NodeJS.Dict<string>[] = [];

beforeEach(async () => {
  [sink, backend] = [await startOtlpSink(), await startBackend('a')];
  warnings.length = 0;
  fields.length = 0;
  backend.behave = ({ headersDistinct }, response) => {
    const all = Object.entries(headersDistinct).map(([name, values]) => [name, values?.join('|')]);
    fields.push(Object.fromEntries(all));
    response.end('a');
  };
});

afterEach(async () => {
  await running.balancer.destroy();
  await Promise.all([backend.stop(), sink.stop()]);
});

afterAll(() => folder.remove());

async function start(more: ConfigFile = {}, environment: NodeJS.ProcessEnv = {}): Promise<void> {
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...environment };
  Object.assign(process.env, variables);
  const log = { info: () => {}, warn: (message: string) => void warnings.push(message) };
  const tracing = await startTracing(variables, log);
  for (const name of Object.keys(variables)) delete process.env[name];
  running = await startBalancer(configFor([backend], { health: 'off', ...more }), { tracing });
}

/** Ends the balancer, and with it the wait for more. @returns what the collector has then */
async function spans(): Promise<readonly SpanSeen[]> {
  await running.balancer.close();
  return sink.spans;
}

const get = (headers: Record<string, string> = {}, path = '/') => running.get(path, { headers });

test('a retried request: its span continues the client’s trace, each attempt is one below it', async () => {
  const dead = { url: `http://127.0.0.1:${await freePort()}`, id: 'dead' };
  const accessLog = join(folder.path, 'access.log');
  await start({ backends: [dead, { url: backend.url, id: 'a' }], accessLog });
  const headers = { traceparent: TRACEPARENT, tracestate: 'one=1, two=2' };
  expect((await get(headers, '/item?secret=1')).status).toBe(200);
  const all = await spans();
  const [server] = all.filter(({ kind }) => kind === 'server');
  const attempts = all.filter(({ kind }) => kind === 'client');
  expect(server).toMatchObject({
    ...{ traceId: TRACE, parent: PARENT, name: 'GET', isError: false },
    resource: { 'service.name': 'evenkeel' },
    attributes: {
      'http.request.method': 'GET',
      'url.path': '/item',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(running.url).port),
      'client.address': '127.0.0.1',
      'evenkeel.service': 'default',
      'evenkeel.backend': 'a',
      'evenkeel.attempts': 2,
    },
  });
  expect(server?.attributes).not.toHaveProperty('error.type');
  const common = { traceId: TRACE, parent: server!.spanId };
  expect(attempts).toMatchObject([
    {
      ...{ ...common, isError: true },
      attributes: { 'evenkeel.backend': 'dead', 'error.type': 'connect-refused' },
    },
    {
      ...{ ...common, isError: false },
      attributes: {
        'evenkeel.backend': 'a',
        'server.port': backend.port,
        'http.request.resend_count': 1,
        'http.response.status_code': 200,
      },
    },
  ]);
  expect(fields).toMatchObject([
    { traceparent: `00-${TRACE}-${attempts[1]!.spanId}-01`, tracestate: 'one=1,two=2' },
  ]);
  expect(JSON.parse(readFileSync(accessLog, 'utf8')).traceId).toBe(TRACE);
});

test('without a good traceparent a new trace begins, without the client’s tracestate', async () => {
  await start();
  const malformed = [
    ...['', 'x', TRACEPARENT.toUpperCase(), TRACEPARENT.replace('00-', 'ff-'), `${TRACEPARENT}-x`],
    ...[TRACEPARENT.replace(TRACE, '0'.repeat(32)), TRACEPARENT.replace(PARENT, '0'.repeat(16))],
    ...[TRACEPARENT.slice(1), `${TRACEPARENT}, ${TRACEPARENT}`],
  ];
  for (const traceparent of malformed) await get({ traceparent, tracestate: 'one=1' });
  await get();
  const servers = (await spans()).filter(({ kind }) => kind === 'server');
  const ids = servers.map(({ traceId }) => traceId);
  expect(new Set(ids).size).toBe(malformed.length + 1);
  expect(ids).not.toContain(TRACE);
  expect(servers.every(({ parent, traceState }) => parent === '' && traceState === '')).toBe(true);
  expect(fields.map(({ traceparent }) => traceparent?.slice(3, 35))).toEqual(ids);
  expect(fields.every((one) => one.tracestate === undefined)).toBe(true);
});

test('a trace that its client does not keep is passed on, and not sent to the collector', async () => {
  await start();
  await get({ traceparent: TRACEPARENT.replace(/01$/, '00'), tracestate: 'one=1' });
  expect(await spans()).toEqual([]);
  expect(fields[0]!.traceparent).toMatch(new RegExp(`^00-${TRACE}-(?!${PARENT})[\\da-f]{16}-00$`));
  expect(fields[0]!.tracestate).toBe('one=1');
});

test('what is refused has a span with its reason, whether its head could be read or not', async () => {
  await start({ limits: { bodyBytes: 1 } });
  const refused = await running.get('/', {
    method: 'POST',
    body: 'xx',
    headers: { traceparent: TRACEPARENT },
  });
  expect(refused.status).toBe(413);
  const client = await RawClient.open(Number(new URL(running.url).port));
  client.send('GET / HTTP/1.1\r\nHost : a\r\n\r\n');
  await client.untilReceived('400');
  client.close();
  await backend.stop();
  await get();
  const seen = (await spans()).filter(({ kind }) => kind === 'server');
  expect(seen).toMatchObject([
    { traceId: TRACE, isError: false, attributes: { 'error.type': 'body-too-large' } },
    { isError: false, attributes: { 'error.type': 'malformed-head:fields' } },
    {
      isError: true,
      attributes: { 'error.type': 'connect-refused', 'http.response.status_code': 502 },
    },
  ]);
});

test('what a route says of the fields goes before, and no field is sent twice', async () => {
  const own = '00-11111111111111111111111111111111-2222222222222222-00';
  const routes: ConfigFile['routes'] = [
    { prefix: '/set', setRequest: { Traceparent: own } },
    { prefix: '/add', addRequest: { traceparent: own } },
    { prefix: '/remove', removeRequest: ['traceparent'] },
    { prefix: '/state', setRequest: { tracestate: 'own=1' } },
    { prefix: '/other', setRequest: { 'x-other': '1' }, stripPrefix: '/other' },
    {},
  ];
  await start({ routes });
  const headers = { traceparent: TRACEPARENT, tracestate: 'one=1' };
  for (const path of ['/set', '/add', '/remove', '/state', '/other', '/']) await get(headers, path);
  const ours = expect.stringMatching(new RegExp(`^00-${TRACE}-[\\da-f]{16}-01$`));
  expect(fields.map(({ traceparent, tracestate }) => [traceparent, tracestate])).toEqual([
    [own, undefined],
    [own, undefined],
    [undefined, undefined],
    [ours, 'own=1'],
    [ours, 'one=1'],
    [ours, 'one=1'],
  ]);
});

test('a collector that is away costs one warning, and no request', async () => {
  await sink.stop();
  await start({}, { OTEL_BSP_SCHEDULE_DELAY: '10', OTEL_EXPORTER_OTLP_TIMEOUT: '100' });
  for (let i = 0; i < 30; i++) {
    expect((await get()).status).toBe(200);
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 150));
  }
  await running.balancer.close();
  expect(warnings.filter((line) => line.includes('takes no spans'))).toHaveLength(1);
});

test('the sampler and the queue are those of the variables', async () => {
  await start({}, { OTEL_TRACES_SAMPLER: 'always_off', OTEL_SERVICE_NAME: 'edge' });
  await get({ traceparent: TRACEPARENT });
  expect(fields[0]!.traceparent).toMatch(/-00$/);
  expect(await spans()).toEqual([]);
});
