/** A client that speaks raw bytes: sends exactly what it is told and shows exactly what comes back. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export class RawClient {
  readonly socket: Socket;
  /** All bytes so far, one character each. */
  received = '';
  /** The server has sent FIN. */
  ended = false;
  closed = false;
  /** The connection was reset rather than ended. */
  wasReset = false;
  readonly #waiters = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    const changed = (): void => {
      for (const waiter of [...this.#waiters]) waiter();
    };
    socket.on('data', (bytes) => {
      this.received += bytes.toString('latin1');
      changed();
    });
    socket.on('end', () => {
      this.ended = true;
      changed();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.wasReset = error.code === 'ECONNRESET';
    });
    socket.on('close', () => {
      this.closed = true;
      changed();
    });
  }

  static async open(port: number, host = '127.0.0.1'): Promise<RawClient> {
    const socket = connect({ port, host, noDelay: true, allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  send(bytes: string): void {
    this.socket.write(bytes, 'latin1');
  }

  /** Resolves when `condition` holds; rejects when it cannot any more, or after 60 s. */
  async until(condition: () => boolean, what = 'condition'): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const finish = (error?: Error): void => {
        clearTimeout(timer);
        this.#waiters.delete(look);
        if (error === undefined) resolve();
        else reject(error);
      };
      const look = (): void => {
        if (condition()) finish();
        else if (this.closed)
          finish(new Error(`closed before ${what}: ${JSON.stringify(this.received)}`));
      };
      const timer = setTimeout(
        () => finish(new Error(`waited in vain for ${what}: ${JSON.stringify(this.received)}`)),
        60_000,
      );
      this.#waiters.add(look);
    });
  }

  untilReceived(text: string): Promise<void> {
    return this.until(() => this.received.includes(text), JSON.stringify(text));
  }

  /** Resolves when the server has ended or reset the connection. */
  untilEnded(): Promise<void> {
    return this.until(() => this.ended || this.closed, 'the end');
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Sends `bytes` on a fresh connection and returns all that came back until the server closed. */
export async function roundTrip(port: number, bytes: string, host?: string): Promise<string> {
  const client = await RawClient.open(port, host);
  client.send(bytes);
  await client.untilEnded();
  client.close();
  return client.received;
}

/** The status of the first response in `bytes`. */
export function statusOf(bytes: string): number {
  return Number(/^HTTP\/1\.[01] (\d{3}) /.exec(bytes)?.[1] ?? 0);
}
