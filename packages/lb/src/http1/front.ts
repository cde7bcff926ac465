/**
 * The HTTP front: a listening socket, its client connections, and the configuration that requests
 * meet. This is the seam between the data plane and whoever composes a load balancer from it.
 */

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Balancer, KeySource, Pool, Random } from '@evenkeel/core';
import type { TimerWheel } from '../wheel.ts';
import type { Affinity } from './affinity.ts';
import { ClientConnection } from './client-connection.ts';
import type { HttpObserver } from './observer.ts';
import { Plane } from './plane.ts';
import type { Forwarding, HttpLimits, HttpTimeouts } from './settings.ts';

/** One service: its endpoints, and the balancer that drives requests through them. */
export interface ServiceGroup {
  readonly name: string;
  /** Endpoint addresses are `host:port`, IPv6 in brackets. */
  readonly pool: Pool;
  readonly balancer: Balancer;
  /** Where the routing key comes from; absent: no key is computed. */
  readonly key?: KeySource | undefined;
  /** How sessions are bound to endpoints; absent: they are not. */
  readonly affinity?: Affinity | undefined;
}

/** Which requests go to a group. The longest prefix of the exact host wins, then of no host. */
export interface Route {
  /** Compared without case and default port; absent: any host. */
  readonly host?: string | undefined;
  /** A path prefix that ends at a segment's end; absent or `/`: any path. */
  readonly prefix?: string | undefined;
  readonly group: ServiceGroup;
}

/** What requests meet; replaced as a whole. A running request keeps the one that it began with. */
export interface HttpFrontConfig {
  readonly routes: readonly Route[];
  readonly timeouts: HttpTimeouts;
  readonly limits: HttpLimits;
  readonly forwarding: Forwarding;
}

export interface HttpFrontOptions extends HttpFrontConfig {
  readonly clock: TimerWheel;
  readonly random: Random;
  readonly observer: HttpObserver;
}

/** Open connections by side. */
export interface OpenConnections {
  readonly client: number;
  readonly upstream: number;
}

export interface HttpFront {
  /**
   * Starts listening; port 0 picks one.
   * @returns the address bound
   * @throws {Error} with a `code` such as `EADDRINUSE`
   */
  listen(at: { host: string; port: number }): Promise<{ host: string; port: number }>;
  /** Replaces the configuration from the next request on. */
  update(config: HttpFrontConfig): void;
  /** Closes the listening socket; connections go on. */
  stopAccepting(): void;
  /** Stops accepting, closes idle connections, lets requests finish; destroys what is left after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
  /** Destroys everything at once. */
  close(): Promise<void>;
  readonly connections: OpenConnections;
}

/** Makes a front; it does nothing before `listen`. */
export function createHttpFront(options: HttpFrontOptions): HttpFront {
  return new Front(options);
}

class Front implements HttpFront {
  readonly #plane: Plane;
  readonly #server: Server;
  readonly #clients = new Set<ClientConnection>();
  /** Called when the last client connection is gone. */
  #onEmpty: (() => void) | undefined;

  constructor(options: HttpFrontOptions) {
    this.#plane = new Plane(options.clock, options.random, options.observer, options);
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    this.#server.on('connection', (socket) => this.#accept(socket));
    // Without descriptors libuv itself sheds what it cannot accept, says nothing, and goes on when
    // there are some again; other errors of accepting pass as well.
    this.#server.on('error', () => {});
  }

  get connections(): OpenConnections {
    return { client: this.#clients.size, upstream: this.#plane.upstreamConnections.size };
  }

  listen(at: { host: string; port: number }): Promise<{ host: string; port: number }> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(at, () => {
        this.#server.off('error', reject);
        const address = this.#server.address() as AddressInfo;
        resolve({ host: address.address, port: address.port });
      });
    });
  }

  update(config: HttpFrontConfig): void {
    this.#plane.update(config);
  }

  stopAccepting(): void {
    if (this.#server.listening) this.#server.close();
  }

  async drain(timeoutMs: number): Promise<void> {
    this.stopAccepting();
    this.#plane.isDraining = true;
    for (const client of this.#clients) client.drain();
    const { clock } = this.#plane;
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
    this.#plane.isDraining = true;
    for (const client of [...this.#clients]) client.destroy();
    for (const connection of [...this.#plane.upstreamConnections]) connection.destroy();
    return Promise.resolve();
  }

  #accept(socket: Socket): void {
    if (this.#clients.size >= this.#plane.snapshot.limits.connections) socket.destroy();
    else this.#clients.add(new ClientConnection(socket, this.#plane, this.#forget));
  }

  readonly #forget = (client: ClientConnection): void => {
    this.#clients.delete(client);
    if (this.#clients.size === 0) this.#onEmpty?.();
  };
}
