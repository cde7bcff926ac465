/**
 * A load balancer as tutorials write it, with the usual faults: the body of a request can be read once, every error counts
 * against the backend, and the dead are asked again only by the next round of checks.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const CHECK_MS = 20_000;
const TRIES_AT_ONE = 4;
const PAUSE_MS = 10;

interface Server {
  readonly url: URL;
  isAlive: boolean;
}

/** A running one. */
export interface Naive {
  readonly url: string;
  stop(): void;
}

/** Starts one before these backends. */
export async function startNaive(urls: readonly string[]): Promise<Naive> {
  const servers: Server[] = urls.map((url) => ({ url: new URL(url), isAlive: true }));
  let turn = 0;
  const next = (): Server | undefined => {
    for (let i = 0; i < servers.length; i++) {
      const server = servers[turn++ % servers.length];
      if (server?.isAlive) return server;
    }
    return undefined;
  };
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    let isFirst = true;
    for (let server = next(); server !== undefined; server = next()) {
      for (let tries = 0; tries < TRIES_AT_ONE; tries++) {
        if (await forward(server, isFirst, incoming, outgoing)) return;
        isFirst = false;
        await sleep(PAUSE_MS);
      }
      server.isAlive = false;
    }
    outgoing.writeHead(503).end('Service not available');
  };
  const listener = createServer((incoming, outgoing) => void serve(incoming, outgoing));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const timer = setInterval(() => {
    for (const server of servers) {
      const socket = connect(Number(server.url.port), server.url.hostname);
      socket.on('connect', () => {
        server.isAlive = true;
        socket.destroy();
      });
      socket.on('error', () => {
        server.isAlive = false;
      });
    }
  }, CHECK_MS);
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    stop() {
      clearInterval(timer);
      listener.closeAllConnections();
      listener.close();
    },
  };
}

/** @returns whether it was answered */
function forward(
  { url }: Server,
  isFirst: boolean,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<boolean> {
  return new Promise((resolve) => {
    const { method, headers, url: path } = incoming;
    const sent = request({
      host: url.hostname,
      port: url.port,
      method,
      headers,
      path,
      agent: false,
    });
    sent.on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
      response.on('end', () => resolve(true));
    });
    sent.on('error', () => resolve(false));
    // The client has gone: for this one that is an error like any other.
    outgoing.on('close', () => sent.destroy(new Error('cancelled')));
    if (outgoing.destroyed) sent.destroy(new Error('cancelled'));
    if (isFirst) incoming.pipe(sent);
    // What was read once does not come again: this attempt promises a body and has none.
    else if (Number(headers['content-length'] ?? 0) > 0) sent.destroy(new Error('no body is left'));
    else sent.end();
  });
}
