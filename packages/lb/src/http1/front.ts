/**
 * The HTTP front: a listening socket, its client connections, and the configuration that requests
 * meet. This is the entry of the HTTP data plane.
 */

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Address } from '@evenkeel/config';
import type { Front, OpenConnections } from '../front.ts';
import { ClientConnection } from './client-connection.ts';
import { peerAt } from './client-identity.ts';
import { ClientTable } from './client-table.ts';
import type { HttpFrontConfig } from './front-config.ts';
import { type FrontPorts, FrontState } from './front-state.ts';
import { DRAIN_TIMEOUT } from './refusals.ts';

export type { HttpFrontConfig, HttpService, Route } from './front-config.ts';

export interface HttpFrontOptions extends HttpFrontConfig, FrontPorts {}

/** A front for HTTP/1.1. */
export interface HttpFront extends Front {
  /** Replaces the configuration from the next request on. */
  update(config: HttpFrontConfig): void;
}

/** Makes a front; it does nothing before `listen`. */
export function createHttpFront(options: HttpFrontOptions): HttpFront {
  return new Http1Front(options);
}

class Http1Front implements HttpFront {
  readonly #front: FrontState;
  readonly #server: Server;
  readonly #clients = new ClientTable<ClientConnection>();
  /** Called when the last client connection is gone. */
  #onEmpty: (() => void) | undefined;

  constructor(options: HttpFrontOptions) {
    this.#front = new FrontState(options, options);
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    this.#server.on('connection', (socket) => this.#accept(socket));
    // Without descriptors libuv itself sheds what it cannot accept, says nothing, and goes on when
    // there are some again; other errors of accepting pass as well.
    this.#server.on('error', () => {});
  }

  get connections(): OpenConnections {
    return { client: this.#clients.size, upstream: this.#front.upstreamConnections.size };
  }

  listen(at: Address, descriptor?: number): Promise<Address> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(descriptor === undefined ? at : { fd: descriptor }, () => {
        this.#server.off('error', reject);
        const address = this.#server.address() as AddressInfo;
        resolve({ host: address.address, port: address.port });
      });
    });
  }

  update(config: HttpFrontConfig): void {
    this.#front.update(config);
  }

  announceEnd(): void {
    this.#front.isEnding = true;
  }

  stopAccepting(): void {
    if (this.#server.listening) this.#server.close();
  }

  async drain(timeoutMs: number): Promise<void> {
    this.stopAccepting();
    this.#front.isEnding = true;
    for (const client of this.#clients) client.drain();
    const { clock } = this.#front;
    await new Promise<void>((resolve) => {
      const timer = clock.after(timeoutMs, resolve);
      this.#onEmpty = (): void => {
        clock.cancel(timer);
        resolve();
      };
      if (this.#clients.size === 0) this.#onEmpty();
    });
    await this.close();
  }

  close(): Promise<void> {
    this.stopAccepting();
    this.#front.isEnding = true;
    for (const client of this.#clients) client.destroy(DRAIN_TIMEOUT);
    for (const connection of [...this.#front.upstreamConnections]) connection.destroy();
    return Promise.resolve();
  }

  #accept(socket: Socket): void {
    if (this.#hasRoomFor(socket)) {
      this.#clients.add(new ClientConnection(socket, this.#front, this.#clients, this.#forget));
    } else {
      socket.destroy();
    }
  }

  /** At the limit, the connection that has been idle for longest makes room. */
  #hasRoomFor({ remoteAddress = '' }: Socket): boolean {
    const { limits, forwarding } = this.#front.snapshot;
    const { connections, connectionsPerAddress } = limits;
    if (
      connectionsPerAddress > 0 &&
      this.#clients.countAt(remoteAddress) >= connectionsPerAddress
    ) {
      if (!peerAt(remoteAddress, 0, forwarding.trustedProxies).trusted) {
        this.#front.refused('connectionsPerAddress');
        return false;
      }
    }
    if (this.#clients.size >= connections) this.#clients.longestIdle?.destroy();
    if (this.#clients.size < connections) return true;
    this.#front.refused('connections');
    return false;
  }

  readonly #forget = (client: ClientConnection): void => {
    this.#clients.delete(client);
    if (this.#clients.size === 0) this.#onEmpty?.();
  };
}
