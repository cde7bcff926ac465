/** The control API and the command line, as the contract has them. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAULT_KINDS } from '@evenkeel/sim';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Fleet, type MemberStatus, startFleet } from '../src/index.ts';
import { ask, spec, statusOf } from './support.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ backends: [spec('a'), spec('b')], controlPort: 0 });
});
afterAll(() => fleet.stop());
beforeEach(() => fleet.reset());

interface Reply {
  readonly status: number;
  readonly body: MemberStatus & MemberStatus[] & { error: string };
}

async function call(method: string, path: string, body?: string): Promise<Reply> {
  const response = await fetch(`${fleet.controlUrl}${path}`, { method, body: body ?? null });
  return { status: response.status, body: (await response.json()) as Reply['body'] };
}

test('GET /backends tells all there is to know', async () => {
  await ask(fleet.urls[0]!);
  const { status, body } = await call('GET', '/backends');
  expect(status).toBe(200);
  expect(body[0]).toEqual({
    id: 'a',
    url: fleet.urls[0],
    pid: expect.any(Number),
    state: 'running',
    restarts: 0,
    faults: [],
    requests: 1,
    inFlight: 0,
    peakInFlight: 1,
    rejected: 0,
    busyMs: expect.any(Number),
    queueMs: expect.any(Number),
  });
  expect((await call('GET', '/backends/b')).body.id).toBe('b');
});

test('web pages of other origins, and names that could be theirs, are refused', async () => {
  const { port } = new URL(fleet.controlUrl ?? '');
  const statusWith = (headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      request({ port, host: '127.0.0.1', path: '/backends/a/kill', method: 'POST', headers })
        .on('response', (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0));
        })
        .on('error', reject)
        .end();
    });
  expect(await statusWith({ origin: 'http://evil.example' })).toBe(403);
  expect(await statusWith({ host: `evil.example:${port}` })).toBe(403);
  expect((await call('GET', '/backends/a')).body.state).toBe('running');
  expect(await statusWith({ host: `localhost:${port}`, origin: `http://localhost:${port}` })).toBe(
    200,
  );
  expect((await call('GET', '/backends/a')).body.state).not.toBe('running');
});

test('a fault is in force when PUT is answered, and gone when DELETE is', async () => {
  const put = await call('PUT', '/backends/a/faults/error', '{"status": 502, "rate": 1}');
  const error = { kind: 'error', rate: 1, status: 502, body: '' };
  expect([put.status, put.body.faults]).toEqual([200, [error]]);
  expect(statusOf(await ask(fleet.urls[0]!))).toBe(502);
  await call('PUT', '/backends/a/faults/blackhole');
  const one = await call('DELETE', '/backends/a/faults/blackhole');
  expect(one.body.faults).toEqual([error]);
  const all = await call('DELETE', '/backends/a/faults');
  expect(all.body.faults).toEqual([]);
  expect(statusOf(await ask(fleet.urls[0]!))).toBe(200);
});

test('kill, restart, freeze, thaw, shutdown and reset answer with the state they lead to', async () => {
  const states: string[] = [];
  for (const action of ['kill', 'restart', 'freeze', 'thaw', 'shutdown']) {
    states.push((await call('POST', `/backends/a/${action}`)).body.state);
  }
  expect(states).toEqual(['dead', 'running', 'frozen', 'running', 'dead']);
  const { body } = await call('POST', '/reset');
  expect(body.map(({ state }) => state)).toEqual(['running', 'running']);
});

const STANDING = FAULT_KINDS.filter((kind) => !['kill', 'freeze', 'restart'].includes(kind)).join(
  ', ',
);

test.each([
  [
    'PUT',
    '/backends/a/faults/error',
    '{"rate": 2}',
    400,
    'error.rate must be a number from 0 to 1, got 2',
  ],
  [
    'PUT',
    '/backends/a/faults/latency',
    '',
    400,
    'latency.latencyMs must be milliseconds from 0 to 86400000, or a time such as 500ms or 30s, got nothing',
  ],
  [
    'PUT',
    '/backends/a/faults/garbage',
    '{"x": 1}',
    400,
    'garbage.x is not known: expected one of kind, rate',
  ],
  ['PUT', '/backends/a/faults/kill', '', 400, `fault kind must be one of ${STANDING}, got "kill"`],
  [
    'DELETE',
    '/backends/a/faults/what',
    '',
    400,
    `fault kind must be one of ${STANDING}, got "what"`,
  ],
  ['PUT', '/backends/c/faults/garbage', '', 404, 'no backend c; there are a, b'],
  ['POST', '/backends/c/kill', '', 404, 'no backend c; there are a, b'],
])('%s %s %s is refused by one clear line', async (method, path, json, status, error) => {
  const reply = await call(method, path, json === '' ? undefined : json);
  expect(reply).toEqual({ status, body: { error } });
});

test('a body that is not JSON, a path that does not exist and a dead one frozen say so', async () => {
  const garbled = await call('PUT', '/backends/a/faults/error', '{');
  expect([garbled.status, garbled.body.error]).toEqual([
    400,
    expect.stringMatching(/^the body must be JSON: /),
  ]);
  const lost = await call('GET', '/nowhere');
  expect([lost.status, lost.body.error]).toEqual([
    404,
    expect.stringMatching(/^no GET \/nowhere; there are GET /),
  ]);
  await call('POST', '/backends/a/kill');
  expect(await call('POST', '/backends/a/freeze')).toEqual({
    status: 409,
    body: { error: 'backend a: is dead' },
  });
});

describe('the command line', () => {
  const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const dir = mkdtempSync(join(tmpdir(), 'evenkeel-fleet-'));
  afterAll(() => rmSync(dir, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const run = (...flags: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [MAIN, ...flags], { encoding: 'utf8' });

  test.each([
    [['--count', '0'], /--count.*'0'.*integer from 1 to 1000/],
    [['--port', 'x'], /--port.*'x'.*integer from 0 to 65535/],
    [['--port', '65535'], /--port must leave room for 3 ports, got 65535/],
    [['--nonsense'], /unknown option '--nonsense'/],
    [
      ['--config', 'missing.yaml'],
      /--config must be a readable YAML file, got missing.yaml: ENOENT/,
    ],
    [
      ['--config', file('a.yaml', 'fleet: [{ id: a, concurrency: 0 }]')],
      /a.yaml: fleet\[0\]\.concurrency must be/,
    ],
    [
      ['--config', file('b.yaml', 'fleet: [')],
      /--config must be a readable YAML file, got .*b.yaml/,
    ],
    [['--config', file('c.yaml', 'name: x')], /c.yaml: fleet must be a list/],
  ])('%j is bad usage: one line, exit 2', (flags, line) => {
    const { status, stdout, stderr } = run(...flags);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('a port in use is one line and exit 1', () => {
    const { status, stderr } = run('--count', '1', '--port', new URL(fleet.urls[0]!).port);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: backend backend: listen EADDRINUSE.*\n$/);
  });

  test('--help shows an example', () => {
    const { status, stdout } = run('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('pnpm fleet --count 10 --port 0');
  });
});
