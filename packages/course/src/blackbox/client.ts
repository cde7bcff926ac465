/** Clients of a program under test: whole requests on fresh connections, and raw bytes. */

import { request as send } from 'node:http';
import { connect, type Socket } from 'node:net';

/** An answer, or what came instead. */
export interface Reply {
  /** 0: no answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly error?: string;
}

const PATIENCE_MS = 10_000;

/** One request on a connection of its own. */
export function ask(
  port: number,
  path: string,
  options: {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    timeoutMs?: number;
  } = {},
): Promise<Reply> {
  const { method = 'GET', headers = {}, body, timeoutMs = PATIENCE_MS } = options;
  return new Promise((resolve) => {
    const none = (error: string): void => resolve({ status: 0, headers: {}, body: '', error });
    const request = send(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        headers: { connection: 'close', ...headers },
        agent: false,
      },
      (response) => {
        let text = '';
        response.setEncoding('latin1').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => {
          if (!response.complete) none('the answer was cut off');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
        response.on('error', () => none('the answer was cut off'));
      },
    );
    request.setTimeout(timeoutMs, () =>
      request.destroy(new Error(`no answer within ${timeoutMs} ms`)),
    );
    request.on('error', (error) =>
      none(error.message || String((error as NodeJS.ErrnoException).code)),
    );
    request.end(body);
  });
}

/** Many requests, some at a time. */
export async function askMany(
  port: number,
  path: string,
  count: number,
  atOnce: number,
): Promise<Reply[]> {
  const replies: Reply[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const i = next++;
      replies[i] = await ask(port, `${path}?n=${i}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return replies;
}

/** A connection that is written to and read from by hand. */
export class RawConnection {
  readonly #socket: Socket;
  received = '';
  isClosed = false;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setEncoding('latin1').on('data', (text: string) => {
      this.received += text;
    });
    this.#socket.on('error', () => {
      this.isClosed = true;
    });
    this.#socket.on('close', () => {
      this.isClosed = true;
    });
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  /** @returns whether it came to that in time */
  async until(isSo: () => boolean, limitMs: number = PATIENCE_MS): Promise<boolean> {
    const endMs = performance.now() + limitMs;
    while (!isSo()) {
      if (performance.now() > endMs) return false;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return true;
  }

  /** Status of the first answer; 0 if there is none. */
  get status(): number {
    return Number(/^HTTP\/1\.[01] (\d{3})/.exec(this.received)?.[1] ?? 0);
  }

  close(): void {
    this.#socket.destroy();
  }
}
