/**
 * A service: one group of backends, and core's cluster that decides among them. It takes a new
 * configuration in place as long as only its backends or its strategy differ; survivors then keep
 * their connections, health and history.
 */

import { isDeepStrictEqual } from 'node:util';
import { formatAddress } from '@evenkeel/config';
import {
  type Clock,
  type Cluster,
  type ClusterOptions,
  createCluster,
  type EndpointSpec,
  type Member,
  type PoolObserver,
  type Probe,
  type ProbeResult,
  policiesFrom,
  type Random,
} from '@evenkeel/core';
import type { Backend, ServiceConfig, StrategyConfig } from './config/types.ts';
import type { ServiceGroup } from './front.ts';
import { httpProbe } from './probe/http.ts';
import { memberAddress } from './probe/target.ts';
import { tcpProbe } from './probe/tcp.ts';

/** What a service gets from the program around it. */
export interface ServiceSurroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: PoolObserver;
  /** How long a backend that drains keeps its sessions. */
  readonly drainMs: () => number;
  readonly onProbe: (member: Member, result: ProbeResult) => void;
}

/** A running service. */
export class Service implements ServiceGroup {
  readonly name: string;
  readonly pool: Cluster['pool'];
  readonly balancer: Cluster['balancer'];
  readonly #cluster: Cluster;
  readonly #surroundings: ServiceSurroundings;
  #config: ServiceConfig;

  constructor(config: ServiceConfig, surroundings: ServiceSurroundings) {
    this.name = config.name;
    this.#config = config;
    this.#surroundings = surroundings;
    this.#cluster = createCluster({ ...surroundings, ...clusterOptions(config, surroundings) });
    this.pool = this.#cluster.pool;
    this.balancer = this.#cluster.balancer;
    this.#cluster.update(config.backends.map(endpointSpec));
  }

  get strategy(): StrategyConfig {
    return this.#config.strategy;
  }

  get config(): ServiceConfig {
    return this.#config;
  }

  /** Takes over a new configuration. @returns false, changing nothing, if it needs a new service */
  reconfigure(config: ServiceConfig): boolean {
    if (!isDeepStrictEqual(policiesOf(config), policiesOf(this.#config))) return false;
    this.setBackends(config.backends);
    if (!isSameStrategy(config.strategy, this.#config.strategy)) this.setStrategy(config.strategy);
    return true;
  }

  /** Replaces the backends; survivors (same id and address) keep what they are doing. */
  setBackends(backends: readonly Backend[]): void {
    this.#cluster.update(backends.map(endpointSpec));
    this.#config = { ...this.#config, backends };
  }

  /** Routes with another strategy from the next pick on. */
  setStrategy(strategy: StrategyConfig): void {
    const { clock, random } = this.#surroundings;
    this.pool.setStrategy(strategy.create({ clock, random: random.fork('strategy') }));
    this.#config = { ...this.#config, strategy };
  }

  /** Stops probes and timers; requests in flight may still end. */
  close(): void {
    this.#cluster.close();
  }

  /** Whether sessions may stay at a backend: not for long at one that drains. */
  keepsSessions(id: string): boolean {
    const member = this.pool.member(id);
    if (member?.state !== 'drain') return true;
    const { clock, drainMs } = this.#surroundings;
    return clock.now() - member.sinceMs < drainMs();
  }
}

/** What cannot be changed in a running cluster. */
function policiesOf(config: ServiceConfig): unknown {
  const { backends: _, strategy: __, ...policies } = config;
  return policies;
}

function isSameStrategy(a: StrategyConfig, b: StrategyConfig): boolean {
  return (
    a.name === b.name &&
    isDeepStrictEqual([a.key, a.affinity, a.options], [b.key, b.affinity, b.options])
  );
}

function endpointSpec(backend: Backend): EndpointSpec {
  const { id, weight, priority, backup, maxConnections } = backend;
  return { id, address: formatAddress(backend), weight, priority, backup, maxConnections };
}

function clusterOptions(
  config: ServiceConfig,
  { clock, random }: ServiceSurroundings,
): Omit<ClusterOptions, 'observer' | 'onProbe'> {
  const { health, strategy } = config;
  const probe = health.type === 'off' ? undefined : probeOf(health);
  return { clock, random, strategy: strategy.create, probe, ...policiesFrom(config, random) };
}

function probeOf(health: ServiceConfig['health']): Probe {
  if (health.type === 'tcp') return tcpProbe(memberAddress);
  const { path, body } = health;
  return httpProbe({ path, addressOf: memberAddress, ...(body === undefined ? {} : { body }) });
}
