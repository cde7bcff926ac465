/** A running service as HTTP sees it: with its routing key and the cookies of its sessions. */

import type { Balancer, Endpoint, KeySource, Pool } from '@evenkeel/core';
import type { ProxyVersion, StrategyConfig } from '../config/types.ts';
import type { Service } from '../service.ts';
import { SessionCookie } from '../session-cookie.ts';
import type { Affinity } from './affinity.ts';
import type { HttpService } from './front-config.ts';

/**
 * Follows a service over changes of its strategy.
 * Made once per service, so that connections to its backends outlive a reload.
 */
export class ServiceView implements HttpService {
  readonly #service: Service;
  readonly #sessionSecret: Buffer;
  #strategy: StrategyConfig | undefined;
  #affinity: Affinity | undefined;

  /** @param sessionSecret signs the cookies where the configuration gives no secret */
  constructor(service: Service, sessionSecret: Buffer) {
    this.#service = service;
    this.#sessionSecret = sessionSecret;
  }

  get name(): string {
    return this.#service.name;
  }

  get pool(): Pool {
    return this.#service.pool;
  }

  get balancer(): Balancer {
    return this.#service.balancer;
  }

  onDeparted(listener: (endpoint: Endpoint) => void): () => void {
    return this.#service.onDeparted(listener);
  }

  get sendProxyProtocol(): ProxyVersion | undefined {
    return this.#service.sendProxyProtocol;
  }

  get key(): KeySource | undefined {
    return this.#service.strategy.key;
  }

  get affinity(): Affinity | undefined {
    const { strategy } = this.#service;
    if (strategy !== this.#strategy) {
      this.#strategy = strategy;
      this.#affinity = this.#affinityOf(strategy);
    }
    return this.#affinity;
  }

  #affinityOf({ affinity }: StrategyConfig): Affinity | undefined {
    if (affinity === undefined) return undefined;
    return new SessionCookie(affinity, this.#sessionSecret, this.#service);
  }
}
