/** Processes that are killed, frozen and restarted, and a supervisor that keeps count of them. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Fleet, type MemberStatus, startFleet } from '../src/index.ts';
import { ask, isAlive, spec, statusOf, until } from './support.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ backends: [spec('a'), spec('b')] });
});
afterAll(() => fleet.stop());
beforeEach(() => fleet.reset());

const url = (): string => fleet.urls[0]!;
const status = (): Promise<MemberStatus> => fleet.status('a');

test('a killed backend refuses, its process is gone, the others serve on', async () => {
  const { pid } = await status();
  await fleet.kill('a');
  expect((await ask(url())).end).toBe('refused');
  expect(isAlive(pid!)).toBe(false);
  expect(await status()).toMatchObject({ state: 'dead', pid: null });
  expect(statusOf(await ask(fleet.urls[1]!))).toBe(200);
  await fleet.kill('a');
});

test('a restarted backend has its old id, port and faults, and a new process', async () => {
  const before = await status();
  await fleet.setFault('a', { kind: 'error', rate: 1, status: 500, body: 'still' });
  await fleet.kill('a');
  const restarted = fleet.restart('a');
  await until(async () => (await status()).state === 'starting');
  await restarted;
  const after = await status();
  expect(after).toMatchObject({ id: 'a', url: before.url, state: 'running', restarts: 1 });
  expect(after.pid).not.toBe(before.pid);
  expect((await ask(url())).body).toBe('still');
});

// Again when a stall was longer than the time that a restart leaves.
test('a restart lets what is in service finish', { retry: 10 }, async () => {
  const restarting = Promise.withResolvers<void>();
  const headers = { connection: 'keep-alive' };
  const bodyAfter = restarting.promise;
  const answer = ask(url(), { method: 'POST', headers, body: 'x', bodyAfter });
  await until(async () => (await status()).inFlight === 1);
  const restarted = fleet.restart('a');
  const hasBegun = async (): Promise<boolean> =>
    (await ask(url())).end === 'refused' || (await status()).restarts > 0;
  await until(hasBegun);
  restarting.resolve();
  expect(statusOf(await answer)).toBe(200);
  await restarted;
  expect((await status()).state).toBe('running');
});

test('a shutdown costs no request on a connection that is in use: the last answer says close', async () => {
  const { hostname, port } = new URL(url());
  const socket = connect(Number(port), hostname);
  const answers: string[] = [];
  let sent = 0;
  const send = (): void => {
    sent++;
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n');
  };
  socket.on('data', (bytes) => {
    answers.push(bytes.toString());
    if (answers.length === 3) void fleet.shutdown('a');
    if (!/^connection: close/im.test(bytes.toString())) send();
  });
  send();
  await once(socket, 'close');
  expect(answers).toHaveLength(sent);
  expect(answers.at(-1)).toMatch(/^connection: close/im);
});

test('a restart does not wait for ever for what a blackhole holds', async () => {
  await fleet.setFault('a', { kind: 'blackhole', rate: 1 });
  const answer = ask(url());
  await until(async () => (await status()).inFlight === 1);
  await fleet.restart('a');
  expect(['fin', 'reset']).toContain((await answer).end);
});

test('one that is shut down stays down until it is restarted', async () => {
  await fleet.shutdown('a');
  expect((await status()).state).toBe('dead');
  expect((await ask(url())).end).toBe('refused');
  await fleet.restart('a');
  expect(statusOf(await ask(url()))).toBe(200);
});

test('a frozen backend is silent though its port accepts, and a thawed one answers late', async () => {
  await fleet.freeze('a');
  const early = ask(url());
  expect((await ask(url(), { watchMs: 200 })).end).toBe('open');
  expect((await ask(url(), { path: '/health', watchMs: 200 })).end).toBe('open');
  expect((await status()).state).toBe('frozen');
  await fleet.freeze('a');
  await fleet.thaw('a');
  expect(statusOf(await early)).toBe(200);
  expect((await status()).state).toBe('running');
});

test('a fault set while frozen is in force after the thaw', async () => {
  await fleet.freeze('a');
  await fleet.setFault('a', { kind: 'error', rate: 1, status: 500, body: 'new' });
  await fleet.thaw('a');
  await until(async () => (await ask(url())).body === 'new');
});

test('a frozen backend can be killed and restarted', async () => {
  await fleet.freeze('a');
  const { pid } = await status();
  await fleet.kill('a');
  expect(isAlive(pid!)).toBe(false);
  await fleet.restart('a');
  await fleet.freeze('a');
  await fleet.restart('a');
  expect(statusOf(await ask(url()))).toBe(200);
});

test('a process killed from outside is seen to be dead, and a dead one cannot be frozen', async () => {
  process.kill((await status()).pid!, 'SIGKILL');
  await until(async () => (await status()).state === 'dead');
  await expect(fleet.freeze('a')).rejects.toThrow('backend a: is dead');
  await fleet.thaw('a');
});

test('reset brings back all that was broken, with figures at zero', async () => {
  await ask(fleet.urls[1]!);
  await fleet.setFault('b', { kind: 'garbage', rate: 1 });
  await fleet.setFault('b', { kind: 'refuse', rate: 1 });
  await fleet.freeze('b');
  await fleet.kill('a');
  await fleet.reset();
  const zero = {
    state: 'running',
    faults: [],
    restarts: 0,
    requests: 0,
    peakInFlight: 0,
    busyMs: 0,
  };
  expect(await fleet.list()).toMatchObject([zero, zero]);
  for (const each of fleet.urls) expect(statusOf(await ask(each))).toBe(200);
});

test('operations on one backend happen in the order in which they were asked for', async () => {
  await Promise.all([fleet.restart('a'), fleet.kill('a')]);
  expect((await status()).state).toBe('dead');
  await Promise.all([fleet.kill('a'), fleet.restart('a'), fleet.freeze('a')]);
  expect((await status()).state).toBe('frozen');
});

test('an unknown id is named together with the known ones', async () => {
  await expect(fleet.kill('c')).rejects.toThrow('no backend c; there are a, b');
});

test('a fleet that cannot start whole leaves nothing behind', async () => {
  const port = Number(new URL(url()).port);
  const start = startFleet({ backends: [spec('x'), spec('y')], port: port - 1 });
  await expect(start).rejects.toThrow(/^backend y: listen EADDRINUSE/);
  expect((await ask(`http://127.0.0.1:${port - 1}`)).end).toBe('refused');
});

test('a discipline that only the simulator knows is refused by name', async () => {
  const start = startFleet({ backends: [spec('x', { discipline: 'processor-sharing' })] });
  await expect(start).rejects.toThrow('backend x: discipline processor-sharing');
});
