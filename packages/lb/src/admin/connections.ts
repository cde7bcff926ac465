/**
 * The connections of the admin API, bounded before anything is known of their clients: a connection that is
 * not being served makes room for a new one, the one that has waited longest first. So silent
 * connections, however many, keep no operator and no readiness probe out.
 */

import type { ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';

const CONNECTIONS_MAX = 256;

export class Connections {
  /** Those not being served; the one that has waited longest is first. */
  readonly #waiting = new Set<Socket>();
  /** Those being served, with the number of their requests. */
  readonly #serving = new Map<Socket, number>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => this.#opened(socket));
  }

  /** A request that may be served has begun; its connection is kept until the response has ended. */
  serving(socket: Socket, response: ServerResponse): void {
    this.#waiting.delete(socket);
    this.#serving.set(socket, (this.#serving.get(socket) ?? 0) + 1);
    response.once('close', () => this.#served(socket));
  }

  #opened(socket: Socket): void {
    const isFull = this.#waiting.size + this.#serving.size >= CONNECTIONS_MAX;
    const [longest = socket] = isFull ? this.#waiting : [];
    this.#waiting.add(socket);
    socket.once('close', () => {
      this.#waiting.delete(socket);
      this.#serving.delete(socket);
    });
    if (isFull) longest.destroy();
  }

  #served(socket: Socket): void {
    const requests = this.#serving.get(socket);
    if (requests === undefined) return;
    if (requests > 1) {
      this.#serving.set(socket, requests - 1);
      return;
    }
    this.#serving.delete(socket);
    this.#waiting.add(socket);
  }
}
