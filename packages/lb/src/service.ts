/**
 * A service: one group of backends, and core's cluster that decides among them. It takes every new
 * configuration in place, so that health, counts, requests in flight and kept-alive connections outlive a
 * reload, and so does what the operator set by the admin API.
 */

import { isDeepStrictEqual } from 'node:util';
import { formatAddress } from '@evenkeel/config';
import {
  type Clock,
  type Cluster,
  type ClusterPolicies,
  changedPolicies,
  createCluster,
  type Endpoint,
  type EndpointSpec,
  type Member,
  type Outcome,
  type PoolObserver,
  type ProbeResult,
  policiesFrom,
  type Random,
  type Strategy,
} from '@evenkeel/core';
import { ConfigError } from './config/error.ts';
import type { Backend, ServiceConfig, StrategyConfig } from './config/types.ts';
import type { ServiceGroup } from './front.ts';
import { Leaving } from './membership/leaving.ts';
import {
  adminStateOf,
  Membership,
  type OverrideChange,
  type Source,
} from './membership/membership.ts';
import { isSameProbe, probeFor } from './probe/probe.ts';

/** What the events of backends that join or leave give as their reason. */
const REASONS: Readonly<Record<Source, string>> = {
  file: 'configuration',
  admin: 'operator',
  discovery: 'discovery',
};

/** What a service gets from the program around it. */
export interface ServiceContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: PoolObserver;
  /** How long a backend that drains keeps its sessions. */
  readonly drainMs: () => number;
  readonly onProbe: (member: Member, result: ProbeResult) => void;
  /** Policies given in code; they take the place of the configured ones. */
  readonly policies?: ClusterPolicies | undefined;
}

/** A running service. */
export class Service implements ServiceGroup {
  readonly name: string;
  readonly pool: Cluster['pool'];
  readonly balancer: Cluster['balancer'];
  readonly membership: Membership = new Membership();
  readonly #cluster: Cluster;
  readonly #context: ServiceContext;
  readonly #departureListeners = new Set<(endpoint: Endpoint) => void>();
  readonly #leaving: Leaving;
  /** Members that have left and still run something. */
  readonly #departing = new Set<Member>();
  /** As the configuration has it. */
  #config: ServiceConfig;
  /** As it runs: the operator may have set another one. */
  #strategy: StrategyConfig;

  /**
   * It has no backends before what `prepare` returns is called.
   * @throws {ConfigError} if the strategy cannot be made
   */
  constructor(config: ServiceConfig, context: ServiceContext) {
    this.name = config.name;
    this.#config = config;
    this.#strategy = config.strategy;
    this.#context = context;
    this.#leaving = new Leaving(
      context.clock,
      (id) => this.pool.member(id),
      (id) => this.#gone(id),
    );
    const { clock, random, observer, onProbe, policies } = context;
    this.#cluster = createCluster({
      clock,
      random,
      onProbe,
      strategy: (ports) => usable(config.strategy, () => config.strategy.create(ports)),
      probe: probeFor(config),
      ...policiesFrom(config, random),
      ...policies,
      observer: {
        ...observer,
        settled: (member, outcome) => this.#settled(member, outcome),
        departed: (member) => this.#departed(member),
      },
    });
    this.pool = this.#cluster.pool;
    this.balancer = this.#cluster.balancer;
  }

  /** As the configuration has it; the operator may have set another strategy. */
  get config(): ServiceConfig {
    return this.#config;
  }

  get sendProxyProtocol(): ServiceConfig['sendProxyProtocol'] {
    return this.#config.sendProxyProtocol;
  }

  get strategy(): StrategyConfig {
    return this.#strategy;
  }

  /**
   * Makes what a new configuration needs. A strategy that the operator set stays for as long as the
   * configuration's own is what it was.
   * @returns puts the configuration into effect, without fail
   * @throws {ConfigError} changing nothing, if the strategy cannot be made
   */
  prepare(config: ServiceConfig): () => void {
    const isSame = isSameStrategy(config.strategy, this.#config.strategy);
    const strategy = isSame ? undefined : this.#make(config.strategy);
    return () => {
      const before = this.#config;
      this.#config = config;
      this.#setPolicies(before, config);
      if (strategy !== undefined) this.#useOrKeep(config.strategy, strategy);
      this.setSource('file', config.backends);
    };
  }

  /** Replaces what a source names; survivors (same id and address) keep what they are doing. */
  setSource(source: Source, backends: readonly Backend[]): void {
    this.membership.replace(source, backends);
    this.#applyMembership(REASONS[source]);
  }

  /** Adds a backend until the operator deletes it. */
  add(backend: Backend): void {
    this.setSource('admin', [...this.membership.of('admin'), backend]);
  }

  /** Changes fields of a backend, or gives them back to its source. One that was deleted stays if it is set ready. */
  override(id: string, change: OverrideChange): void {
    if (change.state === 'ready') this.#leaving.delete(id);
    this.membership.override(id, change);
    this.#applyMembership(REASONS.admin);
  }

  /**
   * Takes a backend out: it gets no new work at once, and is gone when its last request has ended or
   * after `drainMs`.
   */
  remove(id: string, drainMs: number): void {
    const member = this.pool.member(id);
    if (member === undefined) return;
    this.#leaving.add(id, drainMs);
    this.#applyMembership(REASONS.admin);
    if (member.inFlight === 0) this.#leaving.end(id);
  }

  /**
   * Routes with another strategy from the next pick on.
   * @throws {ConfigError} changing nothing, if the strategy cannot be made
   */
  setStrategy(config: StrategyConfig): void {
    const strategy = this.#make(config);
    usable(config, () => this.pool.setStrategy(strategy));
    this.#strategy = config;
  }

  /** Backends that have left and still run something. */
  get departing(): Iterable<Member> {
    return this.#departing;
  }

  /** Hears of each backend that has left and whose last attempt has ended. @returns stops that */
  onDeparted(listener: (endpoint: Endpoint) => void): () => void {
    this.#departureListeners.add(listener);
    return () => this.#departureListeners.delete(listener);
  }

  /** All backends, as the pool has them. */
  get members(): readonly Member[] {
    return this.pool.members;
  }

  /** Whether sessions may stay at a backend: not for long at one that drains. */
  keepsSessions(id: string): boolean {
    const member = this.pool.member(id);
    if (member?.state !== 'drain') return true;
    const { clock, drainMs } = this.#context;
    return clock.now() - member.sinceMs < drainMs();
  }

  /** Lets all backends go, once nothing is routed here; what they run may still end. */
  retire(): void {
    this.close();
    this.#update([], REASONS.file);
  }

  /** Stops probes and timers; requests in flight may still end. */
  close(): void {
    this.#leaving.close();
    this.#cluster.close();
  }

  #make(config: StrategyConfig): Strategy {
    const { clock, random } = this.#context;
    return usable(config, () => config.create({ clock, random: random.fork('strategy') }));
  }

  #useOrKeep(config: StrategyConfig, strategy: Strategy): void {
    try {
      this.pool.setStrategy(strategy);
      this.#strategy = config;
    } catch (error) {
      this.#context.observer.policyFailed?.('strategy, prepare', error);
    }
  }

  /** Changes what differs, so that the rest keeps what it has learned and counted. */
  #setPolicies(before: ServiceConfig, after: ServiceConfig): void {
    const { policies = {}, random } = this.#context;
    const change: Record<string, unknown> = { ...changedPolicies(before, after, random) };
    if (!isSameProbe(before, after)) change.probe = probeFor(after);
    for (const given of Object.keys(policies)) delete change[given];
    this.#cluster.setPolicies(change);
  }

  #applyMembership(reason: string): void {
    const { backends } = this.membership;
    this.#update(backends.map(endpointSpec), reason);
    for (const id of [...this.#leaving.ids]) {
      if (this.pool.member(id) === undefined) this.#leaving.delete(id);
    }
    for (const backend of backends) {
      const { id } = backend;
      const state = this.#leaving.has(id) ? 'drain' : adminStateOf(backend);
      if (this.pool.member(id)?.adminState !== state) this.pool.setAdminState(id, state);
    }
  }

  #update(specs: readonly EndpointSpec[], reason: string): void {
    const before = this.pool.members;
    this.#cluster.update(specs, reason);
    for (const member of before) {
      const hasLeft = this.pool.member(member.id) !== member;
      if (hasLeft && member.inFlight > 0) this.#departing.add(member);
    }
  }

  #gone(id: string): void {
    this.membership.remove(id);
    this.#applyMembership(REASONS.admin);
  }

  #settled(member: Member, outcome: Outcome): void {
    this.#context.observer.settled?.(member, outcome);
    this.#leaving.settled(member);
  }

  #departed(member: Member): void {
    this.#departing.delete(member);
    for (const listener of this.#departureListeners) listener(member);
    this.#context.observer.departed?.(member);
  }
}

/** @throws {ConfigError} if the code of a strategy throws */
function usable<T>({ name }: StrategyConfig, use: () => T): T {
  try {
    return use();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`strategy ${name} cannot be used: ${reason}`);
  }
}

function isSameStrategy(a: StrategyConfig, b: StrategyConfig): boolean {
  return (
    a.name === b.name &&
    a.isDefault === b.isDefault &&
    isDeepStrictEqual([a.key, a.affinity, a.options], [b.key, b.affinity, b.options])
  );
}

function endpointSpec(backend: Backend): EndpointSpec {
  const { id, weight, priority, backup, maxConnections } = backend;
  return { id, address: formatAddress(backend), weight, priority, backup, maxConnections };
}
