/**
 * The HTTP front: its client connections, and the configuration that requests
 * meet. This is the entry of the HTTP data plane.
 */

import type { Socket } from 'node:net';
import type { AcceptOptions, Front, OpenConnections } from '../front.ts';
import { Listener, type ListenerSettings } from '../listener/listener.ts';
import { ClientConnection } from './client-connection.ts';
import type { HttpFrontConfig } from './front-config.ts';
import { type FrontPorts, FrontState } from './front-state.ts';

export type { HttpFrontConfig, HttpService, Route } from './front-config.ts';

export interface HttpFrontOptions extends HttpFrontConfig, FrontPorts, AcceptOptions {}

/** A front for HTTP/1.1. */
export interface HttpFront extends Front {
  /** Replaces the configuration from the next request on. */
  update(config: HttpFrontConfig): void;
}

/** Makes a front; it does nothing before it is given a connection. */
export function createHttpFront(options: HttpFrontOptions): HttpFront {
  return new Http1Front(options);
}

class Http1Front implements HttpFront {
  readonly #front: FrontState;
  readonly #listener: Listener;

  constructor(options: HttpFrontOptions) {
    const front = new FrontState(options, options);
    this.#front = front;
    const listener: Listener = new Listener({
      ...options,
      keepsAlive: false,
      settings(): ListenerSettings {
        const { limits, forwarding, timeouts } = front.snapshot;
        return { limits, trust: forwarding, headerMs: timeouts.clientHeadMs };
      },
      serve: (accepted) => new ClientConnection(accepted, front, listener),
    });
    this.#listener = listener;
  }

  get connections(): OpenConnections {
    return { client: this.#listener.clients.size, upstream: this.#front.upstreamConnections.size };
  }

  accept(socket: Socket): void {
    this.#listener.accept(socket);
  }

  update(config: HttpFrontConfig): void {
    this.#front.update(config);
  }

  announceEnd(): void {
    this.#front.isEnding = true;
  }

  async drain(timeoutMs: number): Promise<void> {
    this.#front.isEnding = true;
    await this.#listener.drain(timeoutMs);
    await this.close();
  }

  close(): Promise<void> {
    this.#front.isEnding = true;
    this.#listener.cutOff();
    for (const connection of [...this.#front.upstreamConnections]) connection.destroy();
    this.#front.close();
    return Promise.resolve();
  }
}
