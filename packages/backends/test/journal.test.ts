/** The accounts: what is written before it is done cannot be lost, not even by SIGKILL. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Account, type Fleet, readJournal, startFleet } from '../src/index.ts';
import { ask, spec, statusOf, until } from './support.ts';

let logDir: string;
let fleet: Fleet | undefined;
beforeEach(() => {
  logDir = mkdtempSync(join(tmpdir(), 'evenkeel-journal-'));
});
afterEach(async () => {
  await fleet?.stop();
  rmSync(logDir, { recursive: true });
});

const start = async (...backends: Parameters<typeof spec>[]): Promise<Fleet> => {
  fleet = await startFleet({
    backends: backends.map(([id, changes]) => spec(id, changes)),
    logDir,
  });
  return fleet;
};
const account = async (id: string): Promise<Account | undefined> =>
  (await readJournal(logDir)).byRequest.get(id);
const where = (entries: Account['started']): string[] => entries.map(({ backend }) => backend);

test('each request is recorded where it was served, as often as it was', async () => {
  const { urls } = await start(['a'], ['b']);
  const headers = { 'x-request-id': 'one with spaces, and ünïcode' };
  const beforeMs = Date.now();
  await ask(urls[0]!, { method: 'PUT', headers });
  await ask(urls[1]!, { method: 'PUT', headers });
  await ask(urls[1]!, { headers: { 'x-request-id': 'two' } });
  await ask(urls[1]!);
  await ask(urls[1]!, { path: '/health', headers: { 'x-request-id': 'probe' } });
  const { byRequest, damagedLines } = await readJournal(logDir);
  expect(damagedLines).toBe(0);
  expect(byRequest.size).toBe(2);
  const [first] = byRequest.values();
  expect(first!.method).toBe('PUT');
  expect(where(first!.started)).toEqual(['a', 'b']);
  expect(where(first!.finished)).toEqual(['a', 'b']);
  expect(first!.started[0]!.atMs).toBeGreaterThanOrEqual(beforeMs - 50);
  expect(first!.finished[1]!.atMs).toBeLessThanOrEqual(Date.now() + 50);
});

test('a start survives the SIGKILL that comes in mid-service, and a restart writes on', async () => {
  const service = { distribution: 'constant', meanMs: 60_000 } as const;
  const { urls } = await start(['a', { service }]);
  const cut = ask(urls[0]!, { method: 'POST', body: 'x', headers: { 'x-request-id': 'cut' } });
  await until(async () => (await account('cut')) !== undefined);
  await fleet!.kill('a');
  expect((await cut).octets.length).toBe(0);
  expect(await account('cut')).toMatchObject({ method: 'POST', finished: [] });
  await fleet!.restart('a');
  await fleet!.setFault('a', { kind: 'fastError', rate: 0, status: 500 });
  void ask(urls[0]!, { headers: { 'x-request-id': 'next' }, watchMs: 2000 });
  await until(async () => (await account('next')) !== undefined);
  expect(where((await account('cut'))!.started)).toEqual(['a']);
});

test('an answer that has begun has its finish recorded, whatever becomes of it', async () => {
  const { urls } = await start(['a']);
  await fleet!.setFault('a', { kind: 'reset', rate: 1, when: 'before-head' });
  const seen = await ask(urls[0]!, { headers: { 'x-request-id': 'unheard' } });
  expect(seen.end).toBe('reset');
  expect(where((await account('unheard'))!.finished)).toEqual(['a']);
});

test.each([
  { kind: 'fastError', rate: 1, status: 503 },
  { kind: 'failFirst', rate: 1, n: 1, status: 503 },
  { kind: 'blackhole', rate: 1 },
] as const)('$kind serves nothing, and nothing is recorded', async (fault) => {
  const { urls } = await start(['a']);
  await fleet!.setFault('a', fault);
  await ask(urls[0]!, { headers: { 'x-request-id': 'x' }, watchMs: 200 });
  expect((await readJournal(logDir)).byRequest.size).toBe(0);
});

test('a request whose body stops half-way is never begun', async () => {
  const { urls } = await start(['a']);
  const socket = connect(Number(new URL(urls[0]!).port), '127.0.0.1');
  socket.write(
    'POST / HTTP/1.1\r\nhost: a\r\nx-request-id: half\r\ncontent-length: 10\r\n\r\n12345',
  );
  await until(async () => (await fleet!.status('a')).inFlight === 1);
  socket.destroy();
  await until(async () => (await fleet!.status('a')).inFlight === 0);
  expect((await readJournal(logDir)).byRequest.size).toBe(0);
});

test('every answered request of a burst has one start and one finish', async () => {
  const { urls } = await start(['a', { concurrency: 3, queue: 1000 }]);
  const ids = Array.from({ length: 200 }, (_, i) => `r${i}`);
  const all = await Promise.all(
    ids.map((id) => ask(urls[0]!, { headers: { 'x-request-id': id } })),
  );
  expect(all.every((seen) => statusOf(seen) === 200)).toBe(true);
  const { byRequest } = await readJournal(logDir);
  expect([...byRequest.keys()].sort()).toEqual([...ids].sort());
  for (const { started, finished } of byRequest.values()) {
    expect([started.length, finished.length]).toEqual([1, 1]);
  }
});

test('lines that are no record are counted, not believed', async () => {
  writeFileSync(join(logDir, 'a.journal'), 'S 1.000 GET x\nS 1.0\n\nX 1.000 GET x\nF 2.000 GET x');
  writeFileSync(join(logDir, 'notes.txt'), 'S 1.000 GET y\n');
  const { byRequest, damagedLines } = await readJournal(logDir);
  expect(damagedLines).toBe(3);
  expect([...byRequest]).toEqual([
    [
      'x',
      {
        method: 'GET',
        started: [{ backend: 'a', atMs: 1 }],
        finished: [{ backend: 'a', atMs: 2 }],
      },
    ],
  ]);
});

test('without a folder for it nothing is recorded', async () => {
  fleet = await startFleet({ backends: [spec('a')] });
  await ask(fleet.urls[0]!, { headers: { 'x-request-id': 'x' } });
  expect((await readJournal(logDir)).byRequest.size).toBe(0);
});
