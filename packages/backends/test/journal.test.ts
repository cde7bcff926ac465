/** The accounts: what is written before it is done cannot be lost, not even by SIGKILL. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Account, type Fleet, readJournal, startFleet } from '../src/index.ts';
import { ask, spec, statusOf, until } from './support.ts';

let logDir: string;
let fleet: Fleet;
beforeAll(async () => {
  logDir = mkdtempSync(join(tmpdir(), 'evenkeel-journal-'));
  const service = { distribution: 'constant', meanMs: 60_000 } as const;
  const backends = [
    spec('a', { concurrency: 3, queue: 1000 }),
    spec('b'),
    spec('slow', { service }),
  ];
  fleet = await startFleet({ backends, logDir });
});
afterAll(async () => {
  await fleet.stop();
  rmSync(logDir, { recursive: true });
});
beforeEach(() => fleet.reset());

const account = async (id: string): Promise<Account | undefined> =>
  (await readJournal(logDir)).byRequest.get(id);
const where = (entries: Account['started']): string[] => entries.map(({ backend }) => backend);
const named = (id: string): { headers: Record<string, string> } => ({
  headers: { 'x-request-id': id },
});

test('each request is recorded where it was served, as often as it was', async () => {
  const [a, b] = fleet.urls as [string, string];
  const id = 'one with spaces, and ünïcode';
  const beforeMs = Date.now();
  await ask(a, { method: 'PUT', ...named(id) });
  await ask(b, { method: 'PUT', ...named(id) });
  await ask(b);
  await ask(b, { path: '/health', ...named('probe') });
  const { byRequest, damagedLines } = await readJournal(logDir);
  expect(damagedLines).toBe(0);
  expect(byRequest.size).toBe(1);
  const [only] = byRequest.values();
  expect(only!.method).toBe('PUT');
  expect(where(only!.arrived)).toEqual(['a', 'b']);
  expect(where(only!.started)).toEqual(['a', 'b']);
  expect(where(only!.finished)).toEqual(['a', 'b']);
  expect(only!.started[0]!.atMs).toBeGreaterThanOrEqual(beforeMs - 50);
  expect(only!.finished[1]!.atMs).toBeLessThanOrEqual(Date.now() + 50);
});

test('a start survives the SIGKILL that comes in mid-service, and a restart writes on', async () => {
  const slow = fleet.urls[2]!;
  const cut = ask(slow, { method: 'POST', body: 'x', ...named('cut') });
  await until(async () => (await account('cut'))?.started.length === 1);
  await fleet.kill('slow');
  expect((await cut).bytes.length).toBe(0);
  expect(await account('cut')).toMatchObject({ method: 'POST', finished: [] });
  await fleet.restart('slow');
  const next = ask(slow, named('next'));
  await until(async () => (await account('next'))?.started.length === 1);
  expect(where((await account('cut'))!.started)).toEqual(['slow']);
  await fleet.kill('slow');
  await next;
});

test('an answer that has begun has its finish recorded, whatever becomes of it', async () => {
  await fleet.setFault('a', { kind: 'reset', rate: 1, when: 'before-head' });
  const seen = await ask(fleet.urls[0]!, named('unheard'));
  expect(seen.end).toBe('reset');
  expect(where((await account('unheard'))!.finished)).toEqual(['a']);
});

test.each([
  { kind: 'fastError', rate: 1, status: 503 },
  { kind: 'failFirst', rate: 1, n: 1, status: 503 },
  { kind: 'blackhole', rate: 1 },
] as const)('$kind serves nothing: only the arrival is recorded', async (fault) => {
  await fleet.setFault('a', fault);
  const leave = until(async () => (await account(fault.kind)) !== undefined);
  await ask(fleet.urls[0]!, { ...named(fault.kind), leave });
  const { arrived, started, finished } = (await account(fault.kind))!;
  expect([where(arrived), started, finished]).toEqual([['a'], [], []]);
});

test('a request whose body stops half-way is never begun', async () => {
  const inFlight = async (): Promise<number> => (await fleet.status('a')).inFlight;
  const socket = connect(Number(new URL(fleet.urls[0]!).port), '127.0.0.1');
  socket.write(
    'POST / HTTP/1.1\r\nhost: a\r\nx-request-id: half\r\ncontent-length: 10\r\n\r\n12345',
  );
  await until(async () => (await inFlight()) === 1);
  socket.destroy();
  await until(async () => (await inFlight()) === 0);
  expect(await account('half')).toMatchObject({ started: [], finished: [] });
});

test('every answered request of a burst has one start and one finish', async () => {
  const ids = Array.from({ length: 200 }, (_, i) => `burst-${i}`);
  const all = await Promise.all(ids.map((id) => ask(fleet.urls[0]!, named(id))));
  expect(all.every((seen) => statusOf(seen) === 200)).toBe(true);
  const { byRequest } = await readJournal(logDir);
  for (const id of ids) {
    const { started, finished } = byRequest.get(id)!;
    expect([started.length, finished.length]).toEqual([1, 1]);
  }
});

test('lines that are no record are counted, not believed', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'evenkeel-journal-'));
  writeFileSync(join(dir, 'a.journal'), 'S 1.000 GET x\nS 1.0\n\nX 1.000 GET x\nF 2.000 GET x');
  writeFileSync(join(dir, 'notes.txt'), 'S 1.000 GET y\n');
  const { byRequest, damagedLines } = await readJournal(dir);
  rmSync(dir, { recursive: true });
  const [started, finished] = [[{ backend: 'a', atMs: 1 }], [{ backend: 'a', atMs: 2 }]];
  expect(damagedLines).toBe(3);
  expect([...byRequest]).toEqual([['x', { method: 'GET', arrived: [], started, finished }]]);
});
