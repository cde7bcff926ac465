/** node:http in front, undici's low-level dispatch behind: PORT BACKEND… */

import http from 'node:http';
import { type Dispatcher, Pool } from 'undici';

const [port, ...targets] = process.argv.slice(2);
const pools = targets.map((target) => new Pool(target, { connections: 64, pipelining: 1 }));
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'upgrade']);
let turn = 0;

class Relay implements Dispatcher.DispatchHandler {
  readonly #response: http.ServerResponse;

  constructor(response: http.ServerResponse) {
    this.#response = response;
  }

  onRequestStart(): void {}

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: http.IncomingHttpHeaders,
  ): void {
    for (const name of HOP_BY_HOP) delete headers[name];
    this.#response.writeHead(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#response.write(chunk)) return;
    controller.pause();
    this.#response.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    this.#response.end();
  }

  onResponseError(): void {
    if (!this.#response.headersSent) this.#response.writeHead(502);
    this.#response.end();
  }
}

http
  .createServer((request, response) => {
    const raw = request.rawHeaders;
    const headers: string[] = [];
    for (let i = 0; i < raw.length; i += 2) {
      if (!HOP_BY_HOP.has(String(raw[i]).toLowerCase()))
        headers.push(String(raw[i]), String(raw[i + 1]));
    }
    const pool = pools[turn++ % pools.length] as Pool;
    const method = request.method as Dispatcher.HttpMethod;
    const body = method === 'GET' || method === 'HEAD' ? null : request;
    pool.dispatch({ method, path: request.url ?? '/', headers, body }, new Relay(response));
  })
  .listen(Number(port), '127.0.0.1');
