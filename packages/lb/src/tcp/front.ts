/**
 * The TCP front: it accepts connections and joins each to one of a backend, which the service's balancer
 * picks as it does for requests. What the connections carry is not looked at.
 */

import type { Socket } from 'node:net';
import type { AcceptOptions, Front, OpenConnections } from '../front.ts';
import { Listener, type ListenerSettings } from '../listener/listener.ts';
import type { FrontObserver } from '../observer.ts';
import type { TimerWheel } from '../wheel.ts';
import { TcpConnection } from './connection.ts';
import { type TcpFrontConfig, TcpFrontState } from './front-state.ts';

export type { TcpFrontConfig } from './front-state.ts';

/** What a front is made with. */
export interface TcpFrontOptions extends TcpFrontConfig, AcceptOptions {
  readonly clock: TimerWheel;
  readonly observer: FrontObserver;
}

/** A front for any protocol over TCP. */
export class TcpFront implements Front {
  readonly #state: TcpFrontState;
  readonly #listener: Listener;

  /** Does nothing before it is given a connection. */
  constructor(options: TcpFrontOptions) {
    const state = new TcpFrontState(options.clock, options.observer, options);
    const listener: Listener = new Listener({
      ...options,
      keepsAlive: true,
      settings(): ListenerSettings {
        const { limits, timeouts, trust } = state.config;
        return { limits, trust, headerMs: timeouts.clientHeadMs };
      },
      serve: (accepted) => new TcpConnection(accepted, state, listener),
    });
    this.#state = state;
    this.#listener = listener;
  }

  get connections(): OpenConnections {
    return { client: this.#listener.clients.size, upstream: this.#state.upstream };
  }

  /** Replaces the configuration from the next connection on. */
  update(config: TcpFrontConfig): void {
    this.#state.config = config;
  }

  accept(socket: Socket): void {
    this.#listener.accept(socket);
  }

  /** Nothing tells clients of TCP that they should go elsewhere next time. */
  announceEnd(): void {}

  async drain(timeoutMs: number): Promise<void> {
    await this.#listener.drain(timeoutMs);
    await this.close();
  }

  close(): Promise<void> {
    this.#listener.cutOff();
    return Promise.resolve();
  }
}
