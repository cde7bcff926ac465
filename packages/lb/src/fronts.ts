/**
 * The fronts of one load balancer: which kinds there are, and what each is given of a configuration.
 * This is the one module that knows them; whatever starts, reloads or ends a balancer uses them through this.
 */

import { randomBytes } from 'node:crypto';
import type { Random } from '@evenkeel/core';
import type { Config, ListenerConfig } from './config/types.ts';
import type { Front, OpenConnections } from './front.ts';
import {
  createHttpFront,
  type HttpFrontConfig,
  type HttpService,
  type Route,
} from './http1/front.ts';
import { RateLimits } from './http1/operations/rate-limit.ts';
import { ServiceView } from './http1/service-view.ts';
import { type Listening, ListeningSockets, type Wanted } from './listener/listening-sockets.ts';
import type { FrontObserver } from './observer.ts';
import type { Service } from './service.ts';
import type { Services } from './services.ts';
import { TcpFront, type TcpFrontConfig } from './tcp/front.ts';
import type { TimerWheel } from './wheel.ts';

export { type Listening, urlOf } from './listener/listening-sockets.ts';

/** As long as the hash that it keys. */
const SESSION_SECRET_BYTES = 32;

/** What the fronts share. */
export interface FrontsOptions {
  readonly clock: TimerWheel;
  readonly random: Random;
  readonly observer: FrontObserver;
  readonly services: Services;
  /** Listening sockets that are there already, for the first listeners. */
  readonly descriptors?: readonly number[] | undefined;
}

/** A front with how it is given its part of a configuration. */
interface Served {
  readonly front: Front;
  /** @param index its place among the listeners */
  update(config: Config, index: number): void;
}

/** A configuration for which all sockets are there; exactly one of both is to be called, once. */
export interface PreparedFronts {
  /**
   * Puts it into effect: its services are there.
   * @returns what is different about where it listens, in a few words each
   */
  commit(): string[];
  /** Forgets it. */
  abandon(): void;
}

/** All fronts as one: each listens at an address of its own, and they share services and metrics. */
export class Fronts implements Omit<Front, 'accept'> {
  /** Tells this instance from all others, so that a loop through it is recognised. */
  readonly #via = `evenkeel-${randomBytes(4).toString('hex')}`;
  /** Kept over reloads, so that sessions stay where they are. */
  readonly #sessionSecret = randomBytes(SESSION_SECRET_BYTES);
  readonly #options: FrontsOptions;
  /** Kept over reloads, and shared: a client has one limit, whatever front it comes to. */
  readonly #rateLimits = new RateLimits();
  readonly #views = new WeakMap<Service, HttpService>();
  readonly #sockets: ListeningSockets<Served>;
  /** Given no more connections, and still serving some. */
  readonly #leaving = new Set<Front>();

  constructor(options: FrontsOptions) {
    this.#options = options;
    this.#sockets = new ListeningSockets(options.descriptors);
  }

  get connections(): OpenConnections {
    const open = this.#all.map(({ connections }) => connections);
    return {
      client: open.reduce((sum, { client }) => sum + client, 0),
      upstream: open.reduce((sum, { upstream }) => sum + upstream, 0),
    };
  }

  /** Where each listens, in the order of the configuration. */
  get listening(): readonly Listening[] {
    return this.#sockets.listening;
  }

  /**
   * Makes ready for a configuration, the first one or another: new sockets are opened, and nothing is changed.
   * @throws {Error} with a `code` such as `EADDRINUSE`; nothing is opened then
   */
  async prepare(config: Config): Promise<PreparedFronts> {
    const { wanted, opened } = await this.#sockets.prepare(config.listeners);
    return {
      commit: () => this.#commit(config, wanted),
      abandon(): void {
        for (const socket of opened) socket.close();
      },
    };
  }

  announceEnd(): void {
    for (const front of this.#all) front.announceEnd();
  }

  async drain(timeoutMs: number): Promise<void> {
    this.#sockets.close();
    await Promise.all(this.#all.map((front) => front.drain(timeoutMs)));
  }

  async close(): Promise<void> {
    this.#sockets.close();
    await Promise.all(this.#all.map((front) => front.close()));
  }

  get #all(): Front[] {
    return [...this.#sockets.users.map(({ front }) => front), ...this.#leaving];
  }

  #commit(config: Config, wanted: readonly Wanted<Served>[]): string[] {
    const before = this.#sockets.users;
    const changes = this.#sockets.commit(wanted, ({ listener, before }, index) => {
      const goesOn = before !== undefined && isServedAlike(before.listener, listener);
      const user = goesOn ? before.user : this.#serve(config, listener, index);
      if (goesOn) user.update(config, index);
      return { user, accept: (socket) => user.front.accept(socket) };
    });
    const scopes = config.routes.map(({ operations }) => operations?.rateLimit?.scope ?? '');
    this.#rateLimits.retain(new Set(scopes));
    for (const served of before) {
      if (!this.#sockets.users.includes(served)) this.#leave(served.front, config.timeouts.drainMs);
    }
    return changes;
  }

  #leave(front: Front, drainMs: number): void {
    this.#leaving.add(front);
    void front.drain(drainMs).then(() => this.#leaving.delete(front));
  }

  #serve(config: Config, listener: ListenerConfig, index: number): Served {
    const { acceptsProxy } = listener;
    const { services: _, descriptors: __, random, ...ports } = this.#options;
    if (listener.mode === 'tcp') {
      const front = new TcpFront({ ...this.#tcpConfig(config, index), ...ports, acceptsProxy });
      const update = (next: Config, at: number): void => front.update(this.#tcpConfig(next, at));
      return { front, update };
    }
    const own = { random, rateLimits: this.#rateLimits, acceptsProxy };
    const front = createHttpFront({ ...this.#httpConfig(config), ...ports, ...own });
    const update = (next: Config): void => front.update(this.#httpConfig(next));
    return { front, update };
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

/** Whether the front of one can go on as the front of the other. */
function isServedAlike(one: ListenerConfig, other: ListenerConfig): boolean {
  return one.mode === other.mode && one.acceptsProxy === other.acceptsProxy;
}
