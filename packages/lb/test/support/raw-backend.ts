/**
 * A backend that speaks raw bytes and records what it was sent, connection by connection: tests
 * look at what really arrived, not at what a library made of it.
 */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';

/** One connection that the backend has seen. */
export interface SeenConnection {
  readonly socket: Socket;
  /** All bytes so far, one character each. */
  received: string;
  /** The peer has sent FIN, or the connection is gone. */
  ended: boolean;
  closed: boolean;
}

export interface RawBackend {
  readonly address: string;
  readonly port: number;
  readonly connections: SeenConnection[];
  /** Everything received, over all connections. */
  readonly received: string;
  stop(): Promise<void>;
}

/** What to do when bytes arrive: called after they were recorded. */
export type Behaviour = (connection: SeenConnection, bytes: string) => void;

/** Starts a backend on a free port. */
export async function startRawBackend(
  behave: Behaviour,
  onConnect?: (c: SeenConnection) => void,
): Promise<RawBackend> {
  const connections: SeenConnection[] = [];
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const seen: SeenConnection = { socket, received: '', ended: false, closed: false };
    connections.push(seen);
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      seen.received += text;
      behave(seen, text);
    });
    socket.on('end', () => {
      seen.ended = true;
      if (!socket.writableEnded) socket.end();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      seen.ended = true;
      seen.closed = true;
    });
    onConnect?.(seen);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    port,
    connections,
    get received() {
      return connections.map((connection) => connection.received).join('');
    },
    async stop() {
      for (const { socket } of connections) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers each head without a body by `response`, and lets bodies pass unanswered until `isWhole`. */
export function answering(
  response: string | ((head: string) => string),
  isWhole: (received: string) => boolean = (received) => received.endsWith('\r\n\r\n'),
): Behaviour {
  return (connection, bytes) => {
    if (!isWhole(connection.received)) return;
    const heads = bytes.split('\r\n\r\n').length - 1 || 1;
    for (let i = 0; i < heads; i++) {
      connection.socket.write(
        typeof response === 'string' ? response : response(connection.received),
        'latin1',
      );
    }
  };
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: x\r\n\r\nok';
