/**
 * A listening socket apart from the front that serves its connections: a reload has all new sockets before it
 * changes anything, and gives one that stays to another front without refusing a connection.
 */

import { chmodSync } from 'node:fs';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import type { Address } from '@evenkeel/config';
import { listenPrivately, removeStaleSocket, withTrueCode } from './unix-socket.ts';

/** Connections that may come before there is a front; the system itself keeps as many waiting. */
const WAITING_MAX = 511;

/** From this the umask takes away. */
const ALL = 0o777;

/** How a socket is had. */
export interface ListeningSocketOptions {
  /** A listening socket that is there already; absent: one is made. */
  readonly descriptor?: number | undefined;
  /** Permissions of a Unix socket; absent: what the umask leaves. */
  readonly socketMode?: number | undefined;
}

export class ListeningSocket {
  readonly #server: Server;
  /** Came before there was a front; paused. */
  readonly #waiting: Socket[] = [];
  #accept: ((socket: Socket) => void) | undefined;

  private constructor() {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    this.#server.on('connection', (socket) => this.#connected(socket));
    // Without descriptors libuv itself sheds what it cannot accept, says nothing, and goes on when
    // there are some again; other errors of accepting pass as well.
    this.#server.on('error', () => {});
  }

  /**
   * Begins to listen.
   * @param at port 0 picks one
   * @throws {Error} with a `code` such as `EADDRINUSE`
   */
  static async open(
    at: Address,
    { descriptor, socketMode }: ListeningSocketOptions = {},
  ): Promise<ListeningSocket> {
    const opened = new ListeningSocket();
    const { unix } = at;
    if (descriptor !== undefined) {
      await opened.#listening({ fd: descriptor });
    } else if (unix === undefined) {
      await opened.#listening({ host: at.host, port: at.port });
    } else {
      await removeStaleSocket(unix);
      if (socketMode === undefined) await opened.#listening({ path: unix });
      else await listenPrivately(unix, socketMode, () => opened.#listening({ path: unix }));
    }
    return opened;
  }

  /** Where it listens. */
  get address(): Address {
    const bound = this.#server.address();
    if (typeof bound === 'string') return { host: '', port: 0, unix: bound };
    return { host: bound?.address ?? '', port: bound?.port ?? 0 };
  }

  /** Gives connections, which are paused, to this from now on, and those that wait at once. */
  serveBy(accept: (socket: Socket) => void): void {
    this.#accept = accept;
    for (const socket of this.#waiting.splice(0)) accept(socket);
  }

  /** Other permissions for a Unix socket. @throws {Error} if its file is not there any more */
  setMode(socketMode: number = ALL & ~process.umask()): void {
    const { unix } = this.address;
    if (unix !== undefined) chmodSync(unix, socketMode);
  }

  /** Listens no more; connections that were given away go on. The file of a Unix socket is removed. */
  close(): void {
    if (this.#server.listening) this.#server.close();
    for (const socket of this.#waiting.splice(0)) socket.destroy();
  }

  #connected(socket: Socket): void {
    if (this.#accept !== undefined) this.#accept(socket);
    else if (this.#waiting.length < WAITING_MAX) this.#waiting.push(socket);
    else socket.destroy();
  }

  #listening(options: ListenOptions & { readonly fd?: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error) => reject(withTrueCode(error, options.path)));
      this.#server.listen(options, () => {
        this.#server.removeAllListeners('error').on('error', () => {});
        resolve();
      });
    });
  }
}
