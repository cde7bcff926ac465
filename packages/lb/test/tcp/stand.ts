/** Backends and balancers in mode tcp, and proof that nothing is left of them. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { type ConfigFile, createLoadBalancer, type LoadBalancer } from '../../src/index.ts';
import { activeResources } from '../program/balancer.ts';
import { Folder, until } from '../program/support.ts';
import { RawClient } from '../support/raw-client.ts';
import '../support/steady-clock.ts';

/** A line of the access log. */
export interface Logged {
  readonly client: string;
  readonly service: string;
  readonly backend: string;
  readonly end: string;
  readonly endedBy: string;
  readonly reason: string;
  readonly attempts: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** A server that does as it is told with each connection. */
export interface TcpBackend {
  readonly url: string;
  readonly sockets: readonly Socket[];
  stop(): Promise<void>;
}

export const folder: Folder = new Folder();
const before = activeResources();
const balancers: LoadBalancer[] = [];
const backends: TcpBackend[] = [];
let log = 0;

afterEach(async () => {
  await Promise.all(balancers.splice(0).map((balancer) => balancer.destroy()));
  await Promise.all(backends.splice(0).map((backend) => backend.stop()));
  // Not timers: the wheel's own may sleep on for seconds, whatever is armed.
  for (const kind of ['TCPServerWrap', 'TCPSocketWrap', 'PipeServerWrap']) {
    await until(() => (activeResources()[kind] ?? 0) <= (before[kind] ?? 0), `no ${kind} is left`);
  }
});

afterAll(() => folder.remove());

/** Starts a backend. @param at a path for a Unix socket; default: a free port */
export async function startTcp(serve: (socket: Socket) => void, at?: string): Promise<TcpBackend> {
  const sockets: Socket[] = [];
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  if (at === undefined) server.listen(0, '127.0.0.1');
  else server.listen(at);
  await once(server, 'listening');
  const port = at === undefined ? (server.address() as AddressInfo).port : 0;
  const backend = {
    url: at === undefined ? `127.0.0.1:${port}` : `unix:${at}`,
    sockets,
    async stop(): Promise<void> {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  backends.push(backend);
  return backend;
}

/** Sends back what comes, each connection introduced by a name. */
export function echo(name = ''): (socket: Socket) => void {
  return (socket) => {
    if (name !== '') socket.write(name);
    socket.pipe(socket);
  };
}

/** A running balancer in mode tcp. */
export interface Tcp {
  readonly balancer: LoadBalancer;
  readonly port: number;
  readonly file: ConfigFile;
  /** Lines of the access log so far. */
  readonly lines: Logged[];
  open(): Promise<RawClient>;
  /** Waits for that many lines. */
  logged(count: number): Promise<Logged[]>;
}

/** Starts one before these backends, with `a`, `b`, … as their ids, without checks. */
export async function startBalancing(
  backends: readonly TcpBackend[],
  more: ConfigFile = {},
): Promise<Tcp> {
  return startConfigured({
    mode: 'tcp',
    listen: { port: 0 },
    backends: backends.map(({ url }, i) => ({ url, id: 'abcdefgh'.charAt(i) })),
    ...more,
  });
}

/** Starts one without checks, and with an access log. */
export async function startConfigured(config: ConfigFile): Promise<Tcp> {
  const accessLog = join(folder.path, `access-${log++}.log`);
  const file: ConfigFile = { health: 'off', accessLog, ...config };
  const balancer = createLoadBalancer(file);
  balancers.push(balancer);
  const { port } = await balancer.listen();
  const tcp: Tcp = {
    balancer,
    port,
    file,
    get lines() {
      const text = readFileSync(accessLog, 'utf8');
      return text === ''
        ? []
        : text
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line));
    },
    open: () => RawClient.open(port),
    async logged(count) {
      const isThere = (): boolean => {
        // Lines are written in blocks; another file, though of the same name, ends the block.
        balancer.reopenLogs();
        return tcp.lines.length >= count;
      };
      await until(isThere, `${count} connections have ended`);
      return tcp.lines;
    },
  };
  return tcp;
}
