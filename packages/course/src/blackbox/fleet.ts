/** Backends for black-box tests: plain HTTP servers that write down what reaches them and can die, drop and wait. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * A request as a backend saw it, from the moment at which its head was there; one that is no valid request counts
 * too, because a backend that reads it less strictly would have served it.
 */
export interface Seen {
  readonly backend: string;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** Names of all header fields, in order, repeated ones too. */
  readonly names: readonly string[];
  /** As far as Node's parser, which is strict, has read it. */
  readonly isValid: boolean;
  /** What has arrived of it. */
  body: string;
}

/** How a backend behaves: answers, or takes the request and closes the connection without an answer. */
export type Mode = 'answer' | 'drop';

type ParseError = Error & { readonly rawPacket?: Buffer };

const BODY_BYTES_MAX = 4 << 20;

/** One backend. */
export class TestBackend {
  readonly id: string;
  readonly seen: Seen[] = [];
  mode: Mode = 'answer';
  /** Called when a streamed answer has sent its first part; resolve to let it end. */
  release: Promise<void> = Promise.resolve();
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  constructor(id: string) {
    this.id = id;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** On the same port as before. */
  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    server.on('clientError', (error: ParseError, socket) => this.#refuse(error, socket));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** As a process that is killed: the port refuses, open connections are reset. */
  async kill(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  /** What Node's parser does not take. */
  #refuse({ rawPacket }: ParseError, socket: Duplex): void {
    const [, method = '', url = ''] =
      /^([A-Z]+) (\S+) HTTP\//.exec(rawPacket?.toString('latin1') ?? '') ?? [];
    if (url !== '')
      this.seen.push({
        backend: this.id,
        method,
        url,
        headers: {},
        names: [],
        isValid: false,
        body: '',
      });
    socket.destroy();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers, rawHeaders } = request;
    const names = rawHeaders.filter((_, i) => i % 2 === 0);
    const seen: Seen = { backend: this.id, method, url, headers, names, isValid: true, body: '' };
    this.seen.push(seen);
    try {
      for await (const chunk of request.setEncoding('latin1')) {
        seen.body += String(chunk);
        if (seen.body.length > BODY_BYTES_MAX) request.destroy();
      }
    } catch {
      return;
    }
    const { body } = seen;
    if (this.mode === 'drop' && !url.startsWith('/health')) {
      request.socket.destroy();
      return;
    }
    await this.#answer(url, body, response);
  }

  async #answer(url: string, body: string, response: ServerResponse): Promise<void> {
    response.setHeader('x-backend', this.id);
    if (url.startsWith('/status/')) response.statusCode = Number(url.slice(8, 11));
    if (url.startsWith('/stream')) {
      response.write('first part\n');
      await this.release;
      response.end('last part\n');
    } else if (url.startsWith('/large')) response.end('x'.repeat(1 << 20));
    else response.end(body === '' ? `from ${this.id}\n` : body, 'latin1');
  }
}

/** Some backends. */
export class TestFleet {
  readonly backends: readonly TestBackend[];

  constructor(count: number) {
    this.backends = Array.from({ length: count }, (_, i) => new TestBackend(`b${i + 1}`));
  }

  async start(): Promise<void> {
    await Promise.all(this.backends.map((backend) => backend.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.backends.map((backend) => backend.kill()));
  }

  get urls(): readonly string[] {
    return this.backends.map(({ url }) => url);
  }

  /** All that any backend saw of requests below this path. */
  seen(path: string): Seen[] {
    return this.backends.flatMap(({ seen }) => seen).filter(({ url }) => url.startsWith(path));
  }
}
