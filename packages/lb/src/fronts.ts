/**
 * The fronts of one load balancer: which kinds there are, and what each is given of a configuration.
 * This is the one module that knows them; whatever starts, reloads or ends a balancer uses them through this.
 */

import { randomBytes } from 'node:crypto';
import type { Address, Mode } from '@evenkeel/config';
import type { Random } from '@evenkeel/core';
import type { Config, ListenerConfig } from './config/types.ts';
import type { Front, ListeningOptions, OpenConnections } from './front.ts';
import {
  createHttpFront,
  type HttpFrontConfig,
  type HttpService,
  type Route,
} from './http1/front.ts';
import { RateLimits } from './http1/operations/rate-limit.ts';
import { ServiceView } from './http1/service-view.ts';
import type { FrontObserver } from './observer.ts';
import type { Service } from './service.ts';
import type { Services } from './services.ts';
import { TcpFront, type TcpFrontConfig } from './tcp/front.ts';
import type { TimerWheel } from './wheel.ts';

/** As long as the hash that it keys. */
const SESSION_SECRET_BYTES = 32;

/** What the fronts share. */
export interface FrontsOptions {
  readonly clock: TimerWheel;
  readonly random: Random;
  readonly observer: FrontObserver;
  readonly services: Services;
}

/** Where a front listens, and what it speaks. */
export interface Listening {
  readonly mode: Mode;
  readonly address: Address;
}

/** A front with what it listens as, and how it is given its part of a configuration. */
interface Listener {
  readonly front: Front;
  readonly config: ListenerConfig;
  update(config: Config): void;
}

/** All fronts as one: each listens at an address of its own, and they share services and metrics. */
export class Fronts implements Omit<Front, 'listen'> {
  /** Tells this instance from all others, so that a loop through it is recognised. */
  readonly #via = `evenkeel-${randomBytes(4).toString('hex')}`;
  /** Kept over reloads, so that sessions stay where they are. */
  readonly #sessionSecret = randomBytes(SESSION_SECRET_BYTES);
  readonly #options: FrontsOptions;
  /** Kept over reloads, and shared: a client has one limit, whatever front it comes to. */
  readonly #rateLimits = new RateLimits();
  readonly #views = new WeakMap<Service, HttpService>();
  readonly #listeners: readonly Listener[];

  constructor(config: Config, options: FrontsOptions) {
    this.#options = options;
    this.#listeners = config.listeners.map((listener, index) =>
      listener.mode === 'tcp'
        ? this.#tcpListener(config, listener, index)
        : this.#httpListener(config, listener),
    );
  }

  get connections(): OpenConnections {
    const open = this.#listeners.map(({ front }) => front.connections);
    return {
      client: open.reduce((sum, { client }) => sum + client, 0),
      upstream: open.reduce((sum, { upstream }) => sum + upstream, 0),
    };
  }

  /**
   * Starts listening, one front after the other.
   * @param descriptors listening sockets that are there already, for the first listeners
   * @returns where each listens, in the order of the configuration; there is at least one
   * @throws {Error} with a `code` such as `EADDRINUSE`; those before it listen then
   */
  async listen(descriptors: readonly number[] = []): Promise<readonly Listening[]> {
    const bound: Listening[] = [];
    for (const [index, { front, config }] of this.#listeners.entries()) {
      const address = await front.listen(config.at, descriptors[index]);
      bound.push({ mode: config.mode, address });
    }
    return bound;
  }

  /** Gives every front its part of a configuration, from the next request on. */
  update(config: Config): void {
    for (const listener of this.#listeners) listener.update(config);
    const scopes = config.routes.map(({ operations }) => operations?.rateLimit?.scope ?? '');
    this.#rateLimits.retain(new Set(scopes));
  }

  announceEnd(): void {
    for (const { front } of this.#listeners) front.announceEnd();
  }

  stopAccepting(): void {
    for (const { front } of this.#listeners) front.stopAccepting();
  }

  async drain(timeoutMs: number): Promise<void> {
    await Promise.all(this.#listeners.map(({ front }) => front.drain(timeoutMs)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#listeners.map(({ front }) => front.close()));
  }

  #httpListener(config: Config, listener: ListenerConfig): Listener {
    const { services: _, ...shared } = this.#options;
    const rateLimits = this.#rateLimits;
    const own = { ...this.#httpConfig(config), ...how(listener) };
    const front = createHttpFront({ ...own, ...shared, rateLimits });
    const update = (next: Config): void => front.update(this.#httpConfig(next));
    return { front, config: listener, update };
  }

  #tcpListener(config: Config, listener: ListenerConfig, index: number): Listener {
    const { services: _, random: __, ...shared } = this.#options;
    const front = new TcpFront({ ...this.#tcpConfig(config, index), ...shared, ...how(listener) });
    const update = (next: Config): void => front.update(this.#tcpConfig(next, index));
    return { front, config: listener, update };
  }

  #tcpConfig({ listeners, timeouts, limits, forwarding }: Config, index: number): TcpFrontConfig {
    const service = this.#service(listeners[index]?.service ?? '');
    return { service, timeouts, limits, trust: forwarding };
  }

  #httpConfig(config: Config): HttpFrontConfig {
    const { timeouts, limits, forwarding, upgrades } = config;
    const ofServices = new Map(config.services.map((service) => [service.name, service]));
    const routes = config.routes.map(({ service: name = '', ...route }): Route => {
      const own = ofServices.get(name);
      if (own === undefined) return route;
      const { timeouts, limits } = own;
      return { ...route, service: this.#view(name), timeouts, limits };
    });
    return { routes, timeouts, limits, forwarding: { via: this.#via, ...forwarding }, upgrades };
  }

  #service(name: string): Service {
    const service = this.#options.services.service(name);
    if (service === undefined) throw new Error(`no such service: ${name}`);
    return service;
  }

  #view(name: string): HttpService {
    const service = this.#service(name);
    const view = this.#views.get(service) ?? new ServiceView(service, this.#sessionSecret);
    this.#views.set(service, view);
    return view;
  }
}

function how({ acceptsProxy, socketMode }: ListenerConfig): ListeningOptions {
  return { acceptsProxy, socketMode };
}
