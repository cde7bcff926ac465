/**
 * The admin API: a small HTTP server of its own, apart from the data plane, on Node's own server. All
 * of it is control: a few requests a second, each small, each answered at once.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Address, backendPatch, newBackend, newStrategy } from '@evenkeel/config';
import type { Registry } from 'prom-client';
import { ConfigError, ConflictError } from '../config/error.ts';
import { checked } from '../config/parse.ts';
import type { EventLog } from '../event-log.ts';
import type { Service } from '../service.ts';
import type { Services } from '../services.ts';
import { checkAccess } from './access.ts';
import { type Answer, RequestError, readJson, send } from './answer.ts';
import { streamEvents } from './event-stream.ts';
import { STATUS_PAGE } from './page.ts';

/** What the API shows and changes. */
export interface AdminOptions {
  readonly services: Services;
  readonly events: EventLog;
  readonly metrics: Registry;
  readonly token: string | undefined;
  /** How long a backend that is deleted may go on with what it does. */
  readonly drainMs: () => number;
  /** The load balancer is about to end. */
  readonly isEnding: () => boolean;
  /** Reads the configuration again; undefined where there is nothing to read. */
  readonly reload: (() => void) | undefined;
}

const REQUEST_MS_MAX = 10_000;
const CONNECTIONS_MAX = 256;
const HTML = 'text/html; charset=utf-8';

/** Listens for operators. */
export class AdminServer {
  readonly #options: AdminOptions;
  readonly #server: Server;
  #address: Address | undefined;

  constructor(options: AdminOptions) {
    this.#options = options;
    const limits = { requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX };
    this.#server = createServer(limits, (request, response) => this.#serve(request, response));
    this.#server.maxConnections = CONNECTIONS_MAX;
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
  }

  async close(): Promise<void> {
    if (this.#address === undefined) return;
    this.#address = undefined;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const [path = '', ...rest] = pathOf(request);
      // The page holds no data; it asks for the token itself.
      if (path === '' && isRead(request)) {
        send(response, { status: 200, body: STATUS_PAGE, type: HTML });
        return;
      }
      checkAccess(request, this.#options.token);
      if (path === 'events' && request.method === 'GET') {
        streamEvents(request, response, this.#options.events);
        return;
      }
      send(response, await this.#answer(request, path, rest));
    } catch (error) {
      sendError(response, error);
    }
  }

  async #answer(request: IncomingMessage, path: string, rest: string[]): Promise<Answer> {
    const { services, metrics, isEnding } = this.#options;
    const route = `${isRead(request) ? 'GET' : request.method} /${[path, ...rest.map(() => '*')].join('/')}`;
    const [id = ''] = rest;
    switch (route) {
      case 'GET /healthz':
        return { status: 200, body: { status: 'ok' } };
      case 'GET /readyz': {
        const isReady = services.isReady && !isEnding();
        const status = isEnding() ? 'ending' : isReady ? 'ready' : 'no backend is ready';
        return { status: isReady ? 200 : 503, body: { status } };
      }
      case 'GET /metrics':
        return { status: 200, body: await metrics.metrics(), type: metrics.contentType };
      case 'GET /backends':
        return { status: 200, body: services.statuses };
      case 'GET /backends/*':
        return found(id, services.status(id));
      case 'POST /backends': {
        const { service, ...backend } = checked(newBackend, await readJson(request));
        return { status: 201, body: services.add(backend, service) };
      }
      case 'PATCH /backends/*':
        return found(id, services.patch(id, checked(backendPatch, await readJson(request))));
      case 'DELETE /backends/*':
        return found(id, services.remove(id, this.#options.drainMs()), 202);
      case 'GET /strategy':
        return { status: 200, body: services.all.map(strategyOf) };
      case 'PUT /strategy': {
        const { service, ...strategy } = checked(newStrategy, await readJson(request));
        services.setStrategy(strategy, service);
        const { secret: _, ...shown } = strategy;
        return { status: 200, body: shown };
      }
      case 'POST /reload':
        return this.#reload();
      default:
        throw new RequestError(404, `there is no ${request.method} ${request.url}`);
    }
  }

  #reload(): Answer {
    const { reload, services } = this.#options;
    if (reload === undefined) {
      throw new RequestError(409, 'there is no configuration file to read again');
    }
    reload();
    return { status: 200, body: services.statuses };
  }
}

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** What a service picks by. */
function strategyOf({ name: service, strategy: { name, options, key } }: Service): object {
  return { service, name, options, key };
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

function found(id: string, body: unknown, status = 200): Answer {
  if (body === undefined)
    throw new RequestError(404, `no backend has the id ${JSON.stringify(id)}`);
  return { status, body };
}

function sendError(response: ServerResponse, error: unknown): void {
  const status = statusOf(error);
  const message = status === 500 ? 'internal error' : (error as Error).message;
  if (response.headersSent) response.destroy();
  else send(response, { status, body: { error: message } });
}

function statusOf(error: unknown): number {
  if (error instanceof RequestError) return error.status;
  if (error instanceof ConflictError) return 409;
  return error instanceof ConfigError ? 400 : 500;
}
