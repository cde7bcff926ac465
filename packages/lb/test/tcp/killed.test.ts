/** Mode tcp: backends that die, and that nothing is left of the connections which they had. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { until } from '../program/support.ts';
import type { RawClient } from '../support/raw-client.ts';
import { echo, startBalancing, startTcp, type Tcp, type TcpBackend } from './stand.ts';

const MIB = 1024 * 1024;

/** Introduces each connection by a name, echoes, and sends a lot when it is told to. */
const SERVER = `
const flood = Buffer.alloc(${32 * MIB}, 'f');
require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {}).on('end', () => socket.end()).write(process.argv[1]);
  socket.on('data', (bytes) => socket.write(String(bytes) === 'flood' ? flood : bytes));
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
`;

const children = new Set<ChildProcess>();

afterEach(async () => {
  await Promise.all([...children].map(kill));
});

async function kill(child: ChildProcess): Promise<void> {
  children.delete(child);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** A backend that is a process of its own. */
async function startProcess(name: string): Promise<TcpBackend> {
  const child = spawn(process.execPath, ['-e', SERVER, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const [port] = await once(child.stdout, 'data');
  return {
    url: `127.0.0.1:${String(port).trim()}`,
    sockets: [],
    stop: () => kill(child),
  };
}

/** Opens connections until each backend has that many. */
async function openAtEach(
  tcp: Tcp,
  names: readonly string[],
  count: number,
): Promise<RawClient[][]> {
  const clients = await Promise.all(Array.from({ length: names.length * count }, () => tcp.open()));
  await Promise.all(clients.map((client) => client.until(() => client.received !== '')));
  return names.map((name) => clients.filter(({ received }) => received === name));
}

/** Connections that the front has with clients and backends. */
async function openConnections({ balancer }: Tcp): Promise<number[]> {
  const text = await balancer.metrics();
  return ['client', 'upstream'].map((side) => {
    const line = new RegExp(`^evenkeel_connections_open{side="${side}"} (\\d+)$`, 'm').exec(text);
    return Number(line?.[1]);
  });
}

async function untilNoneIsOpen(tcp: Tcp): Promise<void> {
  await until(async () => (await openConnections(tcp)).join() === '0,0', 'none is open');
}

test('one of two backends is killed under load: the other and its connections do not notice', async () => {
  const dying = await startProcess('dying');
  const tcp = await startBalancing([dying, await startTcp(echo('staying'))], {
    strategy: 'round-robin',
  });
  const [doomed = [], staying = []] = await openAtEach(tcp, ['dying', 'staying'], 10);
  expect([doomed.length, staying.length]).toEqual([10, 10]);
  let isOver = false;
  const load = [...doomed, ...staying].map(async (client) => {
    while (!isOver && !client.closed) {
      const { length } = client.received;
      client.send('x');
      await client.until(() => client.received.length > length).catch(() => {});
    }
  });
  await until(() => staying.every(({ received }) => received.length > 20));
  await dying.stop();
  await until(() => doomed.every(({ closed }) => closed), 'clients of the dead backend are closed');
  const marks = staying.map(({ received }) => received.length);
  const late = await Promise.all(Array.from({ length: 10 }, () => tcp.open()));
  await Promise.all(late.map((client) => client.untilReceived('staying')));
  await until(() => staying.every(({ received }, i) => received.length > (marks[i] ?? 0) + 20));
  expect(staying.filter(({ closed, ended }) => closed || ended)).toEqual([]);
  expect(await openConnections(tcp)).toEqual([20, 20]);
  isOver = true;
  await Promise.all(load);
  for (const client of [...staying, ...late]) client.socket.end();
  await untilNoneIsOpen(tcp);
  const lines = await tcp.logged(30);
  const ends = lines.map(({ backend, end }) => `${backend} ${end}`);
  expect(new Set(ends.filter((end) => end.startsWith('b')))).toEqual(new Set(['b complete']));
});

/** Ways in which a backend can part with all its connections. */
const deaths: readonly [string, (backend: TcpBackend) => unknown][] = [
  ['is killed', (backend) => backend.stop()],
  ['resets them', ({ sockets }) => sockets.map((socket) => socket.resetAndDestroy())],
  ['ends them', ({ sockets }) => sockets.map((socket) => socket.end())],
];

test.each(deaths)(
  'nothing is left open after a backend %s, though no client reacts',
  async (how, die) => {
    const backend = await (how === 'is killed' ? startProcess('ready') : startTcp(echo('ready')));
    const tcp = await startBalancing([backend], { timeouts: { halfClosedMs: 300 } });
    const [silent, ended] = [await tcp.open(), await tcp.open()];
    for (const client of [silent, ended]) await client.untilReceived('ready');
    await die(backend);
    await untilNoneIsOpen(tcp);
    await until(() => silent.closed || silent.ended);
    for (const client of [silent, ended]) client.close();
  },
);

test('a client that does not read holds nothing for longer than tcpIdleMs after its backend is killed', async () => {
  const backend = await startProcess('ready');
  const tcp = await startBalancing([backend], { timeouts: { tcpIdleMs: 400 } });
  const client = await tcp.open();
  client.send('flood');
  await client.until(() => client.received.length > MIB);
  client.socket.pause();
  await backend.stop();
  await untilNoneIsOpen(tcp);
  client.socket.resume();
  await until(() => client.closed);
  expect(client.wasReset).toBe(true);
});
