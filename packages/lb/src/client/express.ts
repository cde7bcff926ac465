/** @evenkeel/lb/express: a middleware that forwards requests to a group of backends. Needs the package `undici`. */

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { BalancedClient, type ClientBalancer, type ClientOptions } from './balanced-client.ts';
import { UnansweredError } from './error.ts';

export type { ClientBalancer, ClientOptions } from './balanced-client.ts';

/** A request of Node's; what express adds is used where it is there. */
export interface MiddlewareRequest extends IncomingMessage {
  /** The client's address, as `trust proxy` has it. */
  readonly ip?: string | undefined;
  readonly protocol?: string;
}

/** A middleware of express, connect or Node's own server. */
export interface BalanceMiddleware {
  (request: MiddlewareRequest, response: ServerResponse, next: (error?: unknown) => void): void;
  /** How it is operated: backends, events, metrics, and the calls that change them. */
  readonly balancer: ClientBalancer;
}

/** Fields that belong to one connection (RFC 9110 section 7.6.1), and those that we set ourselves. */
const NOT_PASSED: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);
const PSEUDONYM = '1.1 evenkeel';

/**
 * Makes a middleware that sends each request to one of the backends. The path is the one below the mount point
 * (`request.url`). It must stand before middlewares that read the body.
 * @throws {ConfigError} if the configuration cannot be used
 */
export function balance(options: ClientOptions): BalanceMiddleware {
  const balancer = new BalancedClient(options);
  const middleware = (
    request: MiddlewareRequest,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ): void => {
    const hasBody =
      request.headers['transfer-encoding'] !== undefined ||
      Number(request.headers['content-length'] ?? 0) > 0;
    if (hasBody && request.readableDidRead) {
      next(new Error('balance() must stand before middlewares that read the body'));
      return;
    }
    const clientAddress = request.ip ?? request.socket.remoteAddress ?? '';
    const handler = new ResponseHandler(response);
    const sent = {
      path: request.url ?? '/',
      method: (request.method ?? 'GET') as Dispatcher.HttpMethod,
      headers: forwarded(request, clientAddress),
      body: hasBody ? request : null,
    };
    balancer.dispatch(sent, handler, { clientAddress });
  };
  return Object.assign(middleware, { balancer });
}

/** Writes what a backend answers into the response of the server. */
class ResponseHandler implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const response = this.#response;
    response.on('drain', () => controller.resume());
    response.on('close', () => {
      if (!response.writableFinished) controller.abort(new Error('the client left'));
    });
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    message?: string,
  ): void {
    const fields = passed(headers);
    if (message === undefined || message === '') this.#response.writeHead(status, fields);
    else this.#response.writeHead(status, message, fields);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#response.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.#response.end();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const response = this.#response;
    // What was begun must not be taken for a whole response.
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const status = error instanceof UnansweredError ? error.status : 502;
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      connection: 'close',
    });
    response.end(`${status} ${error instanceof UnansweredError ? error.code : 'error'}\n`);
  }
}

/** The fields that a message keeps on its way through. */
function passed(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const named = String(headers.connection ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || NOT_PASSED.has(name) || named.includes(name)) continue;
    kept[name] = value;
  }
  return kept;
}

function forwarded(
  request: MiddlewareRequest,
  clientAddress: string,
): Record<string, string | string[]> {
  const fields = passed(request.headers);
  const { via, host } = request.headers;
  // What the client says of itself is not believed; express has read it where `trust proxy` allows.
  fields['x-forwarded-for'] = clientAddress;
  fields['x-forwarded-proto'] = request.protocol ?? 'http';
  if (host !== undefined) fields['x-forwarded-host'] = host;
  fields.via = via === undefined ? PSEUDONYM : `${via}, ${PSEUDONYM}`;
  return fields;
}
