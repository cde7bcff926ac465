/**
 * The admin API: a small HTTP server of its own, apart from the data plane, on Node's own server. All
 * of it is control: a few requests a second, each small, each answered at once.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Address } from '@evenkeel/config';
import { ConfigError, ConflictError } from '../config/error.ts';
import { checkAccess } from './access.ts';
import { type Answer, RequestError, readJson, send } from './answer.ts';
import { Connections } from './connections.ts';
import { EventStreams } from './event-stream.ts';
import { LastMinute } from './last-minute.ts';
import { STATUS_PAGE } from './page.ts';
import { type AdminSource, type FoundRoute, routeOf } from './routes.ts';

export interface AdminOptions extends Omit<AdminSource, 'lastMinute'> {
  readonly token: string | undefined;
}

/** Limits of a request before anything is known of its client. */
const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  // Node looks for requests that take too long only this often; its default is 30 s.
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8_192,
};
const HTML = 'text/html; charset=utf-8';

/** Listens for operators. */
export class AdminServer {
  readonly #options: AdminOptions;
  readonly #lastMinute: LastMinute;
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #streams: EventStreams;
  #address: Address | undefined;

  constructor(options: AdminOptions) {
    this.#options = options;
    this.#lastMinute = new LastMinute(() => options.services.all.flatMap(({ members }) => members));
    this.#server = createServer(LIMITS, (request, response) => this.#serve(request, response));
    this.#connections = new Connections(this.#server);
    this.#streams = new EventStreams(options.events);
    // A connection that cannot be accepted (no descriptors) must not end the load balancer.
    this.#server.on('error', () => {});
  }

  /** Where it listens; undefined if it does not. */
  get address(): Address | undefined {
    return this.#address;
  }

  /** @throws {Error} with a `code` such as `EADDRINUSE` */
  async listen({ host, port }: Address): Promise<void> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    this.#address = { host, port: (this.#server.address() as AddressInfo).port };
    this.#lastMinute.start();
  }

  async close(): Promise<void> {
    if (this.#address === undefined) return;
    this.#address = undefined;
    this.#lastMinute.stop();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    if (this.#streams.isStreaming(socket)) {
      socket.destroy();
      return;
    }
    try {
      const path = pathOf(request);
      const route = routeOf(path);
      const isPage = path.length === 1 && path[0] === '';
      // The page holds no data; it asks for the token itself.
      if (!isPage && route?.isOpen !== true) {
        checkAccess(request, this.#options.token);
        this.#connections.serving(socket, response);
      }
      if (isPage) send(response, page(request));
      else if (path.join('/') === 'events') this.#stream(request, response);
      else if (route !== undefined) send(response, await this.#answer(request, route));
      else throw new RequestError(404, `there is no ${request.url}`);
    } catch (error) {
      sendError(response, error);
    }
  }

  #stream(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET') throw notAllowed(request, ['GET']);
    this.#streams.start(request, response);
  }

  #answer(request: IncomingMessage, { methods, id }: FoundRoute): Answer | Promise<Answer> {
    const method = isRead(request) ? 'GET' : (request.method ?? '');
    const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (handler === undefined) throw notAllowed(request, Object.keys(methods));
    const from = { ...this.#options, lastMinute: this.#lastMinute };
    const { accept = '' } = request.headers;
    return handler({ from, id, accept, body: () => readJson(request) });
  }
}

function page(request: IncomingMessage): Answer {
  if (!isRead(request)) throw notAllowed(request, ['GET']);
  return { status: 200, body: STATUS_PAGE, type: HTML };
}

function notAllowed({ method, url }: IncomingMessage, allowed: readonly string[]): RequestError {
  const methods = allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed;
  const allow = methods.join(', ');
  return new RequestError(405, `${method} is not possible at ${url}, only ${allow}`, { allow });
}

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** `/backends/a%3A1?x` → `['backends', 'a:1']`. */
function pathOf({ url = '/' }: IncomingMessage): string[] {
  const [path = '/'] = url.split('?', 1);
  try {
    return path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    throw new RequestError(400, 'the path is not properly encoded');
  }
}

function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = statusOf(error);
  const isKnown = error instanceof RequestError || error instanceof ConfigError;
  const body = { error: isKnown ? error.message : 'internal error' };
  const headers = error instanceof RequestError ? error.headers : {};
  // What is not served is not read to its end either.
  if (status === 401 || status === 403) response.shouldKeepAlive = false;
  send(response, { status, body, headers });
}

function statusOf(error: unknown): number {
  if (error instanceof RequestError) return error.status;
  if (error instanceof ConflictError) return 409;
  return error instanceof ConfigError ? 400 : 500;
}
