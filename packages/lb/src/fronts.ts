/**
 * The fronts of one load balancer: which kinds there are, and what each is given of a configuration.
 * This is the one module that knows them; whatever starts, reloads or ends a balancer uses them through this.
 */

import { randomBytes } from 'node:crypto';
import type { Address } from '@evenkeel/config';
import type { Random } from '@evenkeel/core';
import type { Config } from './config/types.ts';
import type { Front, OpenConnections } from './front.ts';
import {
  createHttpFront,
  type HttpFront,
  type HttpFrontConfig,
  type HttpService,
} from './http1/front.ts';
import { ServiceView } from './http1/service-view.ts';
import type { FrontObserver } from './observer.ts';
import type { Service } from './service.ts';
import type { Services } from './services.ts';
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

/** All fronts as one. */
export class Fronts implements Front {
  /** Tells this instance from all others, so that a loop through it is recognised. */
  readonly #via = `evenkeel-${randomBytes(4).toString('hex')}`;
  /** Kept over reloads, so that sessions stay where they are. */
  readonly #sessionSecret = randomBytes(SESSION_SECRET_BYTES);
  readonly #services: Services;
  readonly #views = new WeakMap<Service, HttpService>();
  readonly #http: HttpFront;

  constructor(config: Config, { services, ...shared }: FrontsOptions) {
    this.#services = services;
    this.#http = createHttpFront({ ...this.#httpConfig(config), ...shared });
  }

  get connections(): OpenConnections {
    return this.#http.connections;
  }

  /** Gives every front its part of a configuration, from the next request on. */
  update(config: Config): void {
    this.#http.update(this.#httpConfig(config));
  }

  listen(at: Address): Promise<Address> {
    return this.#http.listen(at);
  }

  announceEnd(): void {
    this.#http.announceEnd();
  }

  stopAccepting(): void {
    this.#http.stopAccepting();
  }

  drain(timeoutMs: number): Promise<void> {
    return this.#http.drain(timeoutMs);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #httpConfig(config: Config): HttpFrontConfig {
    const { timeouts, limits, forwarding, upgrades } = config;
    const routes = config.routes.map(({ service, ...match }) => ({
      ...match,
      group: this.#view(service),
    }));
    return { routes, timeouts, limits, forwarding: { via: this.#via, ...forwarding }, upgrades };
  }

  #view(name: string): HttpService {
    const service = this.#services.service(name);
    if (service === undefined) throw new Error(`no such service: ${name}`);
    const view = this.#views.get(service) ?? new ServiceView(service, this.#sessionSecret);
    this.#views.set(service, view);
    return view;
  }
}
