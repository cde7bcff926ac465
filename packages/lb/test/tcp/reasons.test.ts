/** How each connection in mode tcp ended, and the one short reason that the log and the metrics give for it. */

import { connect, type Socket } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { type ConfigFile, createLoadBalancer } from '../../src/index.ts';
import { TCP_REASONS, type TcpReason } from '../../src/tcp-reasons.ts';
import { until } from '../program/support.ts';
import { startDeafListener } from '../support/deaf-listener.ts';
import { RawClient } from '../support/raw-client.ts';
import { echo, startBalancing, startTcp, type Tcp, type TcpBackend } from './stand.ts';

/** A connection, and what makes it end. */
interface Cause {
  readonly reason: TcpReason;
  readonly more?: ConfigFile;
  readonly backend?: (socket: Socket) => void;
  /** The backend is gone before. */
  readonly isDead?: boolean;
  /** What is done when the client is there. */
  act?(client: RawClient, tcp: Tcp, backend: TcpBackend): void | Promise<void>;
}

const spoken = async (client: RawClient): Promise<void> => {
  client.send('x');
  await client.untilReceived('x');
};

/** Connects, and may be reset before it has heard that it is connected. */
const knock = (port: number): RawClient => new RawClient(connect({ port, host: '127.0.0.1' }));

/** One connection may run, and it does; then another one comes. */
const second = async (client: RawClient, tcp: Tcp): Promise<void> => {
  await spoken(client);
  const other = knock(tcp.port);
  await until(() => other.closed);
  client.close();
};
const full = (queue: ConfigFile['queue']): ConfigFile => ({
  queue: queue!,
  retries: 'off',
});

const CAUSES: readonly Cause[] = [
  {
    reason: '',
    async act(client) {
      await spoken(client);
      client.socket.end();
    },
  },
  {
    reason: 'client-reset',
    async act(client) {
      await spoken(client);
      client.socket.resetAndDestroy();
    },
  },
  { reason: 'connect-refused', isDead: true, more: { retries: 'off' } },
  {
    reason: 'backend-reset',
    backend: (socket) => void socket.on('data', () => socket.resetAndDestroy()),
    act: (client) => client.send('x'),
  },
  { reason: 'idle', more: { timeouts: { tcpIdleMs: 50 } } },
  {
    reason: 'half-closed',
    more: { timeouts: { halfClosedMs: 50 } },
    backend: () => {},
    act: (client) => void client.socket.end(),
  },
  {
    reason: 'drain-timeout',
    more: { timeouts: { drainMs: 10 } },
    async act(client, tcp) {
      await spoken(client);
      await tcp.balancer.close();
    },
  },
  {
    reason: 'proxy-header',
    more: {
      listen: { port: 0, proxyProtocol: 'accept' },
      forwarding: { trustedProxies: ['192.0.2.1'] },
    },
    act: (client) => client.send('PROXY TCP4 1.2.3.4 1.2.3.4 1 1\r\n'),
  },
  { reason: 'queue-full', more: full({ max: 0 }), act: second },
  { reason: 'queue-timeout', more: full({ max: 5, timeoutMs: 30 }), act: second },
];

const seen = new Set<TcpReason>();

for (const { reason, more = {}, backend = echo(), isDead, act } of CAUSES) {
  test(`${reason === '' ? 'complete' : reason}`, async () => {
    const server = await startTcp(backend);
    const backends = [{ url: server.url, id: 'a', maxConnections: 1 }];
    const tcp = await startBalancing([], { backends, ...more });
    if (isDead === true) await server.stop();
    const client = act === undefined ? knock(tcp.port) : await tcp.open();
    await act?.(client, tcp, server);
    await expectReason(tcp, reason);
    client.close();
  });
}

/** Log and metrics have one connection with this reason. */
async function expectReason(tcp: Tcp, reason: TcpReason): Promise<void> {
  const count = reason.startsWith('queue') ? 2 : 1;
  const lines = await tcp.logged(count);
  const line = lines.find((one) => one.reason === reason);
  expect(line).toMatchObject({ end: reason === '' ? 'complete' : TCP_REASONS[reason] });
  const metric = `evenkeel_errors_total{service="default",reason="${reason}"} 1`;
  const metrics = await tcp.balancer.metrics();
  if (reason === '') expect(metrics).not.toContain('evenkeel_errors_total{service="default"');
  else expect(metrics).toContain(metric);
  seen.add(reason);
}

test('connect-timeout, and client-left while it is dialled', async () => {
  const deaf = await startDeafListener();
  const backends = [{ url: deaf.address, id: 'a' }];
  const hasty = await startBalancing([], { backends, retries: 'off', timeouts: { connectMs: 30 } });
  const client = knock(hasty.port);
  await expectReason(hasty, 'connect-timeout');
  client.close();
  const patient = await startBalancing([], { backends, timeouts: { connectMs: 60_000 } });
  (await patient.open()).socket.resetAndDestroy();
  await expectReason(patient, 'client-left');
  await deaf.stop();
});

test('no-backend-ready', async () => {
  const server = await startTcp(echo());
  const tcp = await startBalancing([server]);
  tcp.balancer.patch('a', { state: 'maintenance' });
  const client = knock(tcp.port);
  await expectReason(tcp, 'no-backend-ready');
  client.close();
});

test('policy-error', async () => {
  const server = await startTcp(echo());
  const strategies = {
    broken: () => ({
      pick(): never {
        throw new Error('broken');
      },
    }),
  };
  const balancer = createLoadBalancer(
    { mode: 'tcp', listen: { port: 0 }, backends: [server.url], health: 'off', strategy: 'broken' },
    { strategies: strategies as never },
  );
  const { port } = await balancer.listen();
  const client = knock(port);
  await until(() => client.closed);
  expect(await balancer.metrics()).toContain('reason="policy-error"} 1');
  seen.add('policy-error');
  client.close();
  await balancer.destroy();
});

afterAll(() => {
  // Descriptors cannot be used up here: other tests need them. See http1/exhaustion.test.ts.
  const missing = Object.keys(TCP_REASONS).filter((reason) => !seen.has(reason as TcpReason));
  expect(missing).toEqual(['resources-exhausted']);
});
