/** Every way out of a worker that a browser has, as code that tries them all; and a server that counts what arrives. */

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens for TCP and UDP on one port, and remembers what has come. */
export class Listener implements AsyncDisposable {
  /** Paths of requests; `tcp` for a connection and `udp` for a packet, whatever it holds. */
  readonly arrivals: Set<string> = new Set();
  readonly port: number;
  readonly #server: Server;
  readonly #socket: Socket;

  private constructor(server: Server, socket: Socket) {
    this.#server = server;
    this.#socket = socket;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(): Promise<Listener> {
    const server = createServer((request, response) => {
      listener.arrivals.add(request.url ?? '');
      const headers = { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' };
      response.writeHead(200, headers).end();
    });
    const socket = createSocket('udp4');
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const listener = new Listener(server, socket);
    await once(socket.bind(listener.port, '127.0.0.1'), 'listening');
    server.on('connection', () => listener.arrivals.add('tcp'));
    server.on('upgrade', (request, upgraded) => {
      listener.arrivals.add(request.url ?? '');
      upgraded.destroy();
    });
    socket.on('message', () => listener.arrivals.add('udp'));
    return listener;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Doors, each an expression with `url`, the address to reach. Those that need no answer to be told apart come first. */
const DOORS: Readonly<Record<string, string>> = {
  fetch: `fetch(url)`,
  keepalive: `fetch(url, { method: 'POST', body: 'secret', mode: 'no-cors', keepalive: true })`,
  xhr: `new Promise((done) => {
    const request = new XMLHttpRequest();
    request.onloadend = done;
    request.open('GET', url);
    request.send();
  })`,
  socket: `new Promise((done) => {
    const socket = new WebSocket(url.replace('http', 'ws'));
    socket.onopen = socket.onerror = done;
  })`,
  events: `new Promise((done) => {
    const source = new EventSource(url);
    source.onopen = source.onerror = () => done(source.close());
  })`,
  importScripts: `importScripts(url)`,
  import: `import(url)`,
  importInside: `import('data:text/javascript,import(' + JSON.stringify(url) + ')')`,
  cache: `caches.open('lab').then((cache) => cache.add(url))`,
  nested: `new Promise((done) => {
    const code = 'fetch(' + JSON.stringify(url) + ').catch(() => 0).then(() => postMessage(0))';
    const worker = new Worker(URL.createObjectURL(new Blob([code])));
    worker.onmessage = worker.onerror = done;
  })`,
  nestedFile: `new Promise((done) => {
    const worker = new Worker(url);
    worker.onmessage = worker.onerror = done;
    setTimeout(done, 1000);
  })`,
  font: `new FontFace('lab', 'url(' + JSON.stringify(url) + ')').load()`,
};

/** Doors that lead somewhere from a plain page: what a test must see arrive before it may trust that nothing does. */
export const OPEN_DOORS: readonly string[] = Object.keys(DOORS).filter(
  (name) => !['cache', 'importInside', 'nestedFile', 'font'].includes(name),
);

/** A promise, as an expression, that is kept when all doors have been tried. */
export function tryDoors(port: number): string {
  const tries = Object.entries(DOORS).map(
    ([name, code]) =>
      `(async () => { const url = 'http://127.0.0.1:${port}/${name}'; await ${code}; })()`,
  );
  return `Promise.allSettled([${tries.join(',\n')}])`;
}
