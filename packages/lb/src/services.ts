/**
 * The services that are running now, and every change that an operator, a source of backends or a reload
 * makes to them. Changes are checked before they are made: one that is refused changes nothing.
 */

import { type BackendFile, type BackendPatch, type StrategyFile, shown } from '@evenkeel/config';
import type { Clock, ClusterPolicies, Member, ProbeResult, Random } from '@evenkeel/core';
import { changesSince, settingsOf } from './backend-changes.ts';
import { type BackendStatus, statusOf } from './backends.ts';
import { ConfigError, ConflictError } from './config/error.ts';
import {
  defaultStrategy,
  resolveBackend,
  resolveStrategy,
  type StrategyTable,
} from './config/resolve.ts';
import type { Backend, ServiceConfig } from './config/types.ts';
import type { EventLog } from './event-log.ts';
import type { Source } from './membership/membership.ts';
import type { Traffic } from './metrics/traffic.ts';
import { Service } from './service.ts';

/** What the services share. */
export interface ServicesContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventLog;
  readonly traffic: Traffic;
  readonly strategies: StrategyTable;
  readonly drainMs: () => number;
  /** Tells the operator. */
  readonly warn: (message: string) => void;
  /** A strategy or policy of this service failed. */
  readonly onPolicyError: (service: string, where: string, error: unknown) => void;
  /** Policies given in code for a service; they take the place of the configured ones. */
  readonly policies: (service: string) => ClusterPolicies;
}

/** Which service has a backend, and from where. */
interface Owner {
  readonly service: Service;
  readonly source: Source;
}

/** The running services. */
export class Services {
  readonly #context: ServicesContext;
  #services: ReadonlyMap<string, Service> = new Map();
  /** Dropped services that still run something. */
  readonly #retired = new Set<Service>();
  /** What discovery found last for each service. */
  readonly #discovered = new Map<string, readonly Backend[]>();

  constructor(context: ServicesContext) {
    this.#context = context;
  }

  service(name: string): Service | undefined {
    return this.#services.get(name);
  }

  get all(): readonly Service[] {
    return [...this.#services.values()];
  }

  /** At least one backend can be asked. */
  get isReady(): boolean {
    return this.all.some((service) => service.pool.ready.length > 0);
  }

  /** All, and those that were dropped and still run something. */
  get running(): readonly Service[] {
    return [...this.all, ...this.#retired];
  }

  get statuses(): BackendStatus[] {
    return this.all.flatMap((service) =>
      service.pool.members.map((member) => this.#statusOf(service, member)),
    );
  }

  /** @returns undefined if no backend has the id */
  status(id: string): BackendStatus | undefined {
    const service = this.#runs(id);
    const member = service?.pool.member(id);
    return service && member && this.#statusOf(service, member);
  }

  /**
   * Makes the services those of a configuration. All that stay take the change in place.
   * @returns lets those go that are no longer named; to be called once the fronts route to the others
   * @throws {ConfigError} changing nothing, if the configuration is at odds with what the admin API has
   *   added, or a strategy cannot be made
   */
  apply(configs: readonly ServiceConfig[]): () => void {
    this.#check(configs);
    const next = new Map<string, Service>();
    const commits: (() => void)[] = [];
    for (const config of configs) {
      const service = this.#services.get(config.name) ?? this.#create(config);
      commits.push(service.prepare(config));
      next.set(config.name, service);
    }
    const retired = this.all.filter((service) => !next.has(service.name));
    this.#services = next;
    for (const name of next.keys()) this.#context.traffic.addService(name);
    this.#noting([...next.values()], () => {
      for (const commit of commits) commit();
    });
    for (const [name, found] of this.#discovered) {
      if (next.has(name)) this.setDiscovered(name, found);
      else this.#discovered.delete(name);
    }
    for (const service of this.all) this.#heedWeights(service);
    return () => {
      for (const service of retired) {
        service.retire();
        if (service.pool.inFlight > 0) this.#retired.add(service);
        else this.#forget(service);
      }
    };
  }

  /** @throws {ConfigError} if the id is taken or the service unknown */
  add(file: BackendFile, serviceName?: string): BackendStatus {
    const service = this.#named(serviceName);
    const backend = resolveBackend(file, service.config.mode);
    const owner = this.#owner(backend.id);
    if (owner !== undefined) throw new ConflictError(idInUse(backend.id, owner));
    service.add(backend);
    this.#heedWeights(service);
    return this.status(backend.id) as BackendStatus;
  }

  /**
   * Replaces what discovery found for a service. An entry whose id is in use is left out, and told.
   * @throws {ConfigError} if there is no such service
   */
  setDiscovered(serviceName: string, found: readonly Backend[]): void {
    const service = this.#named(serviceName);
    this.#discovered.set(serviceName, found);
    const kept = new Map<string, Backend>();
    for (const backend of found) {
      const { id } = backend;
      const owner = this.#owner(id);
      const isOwn = owner?.service === service && owner.source === 'discovery';
      const isInUse = owner !== undefined && !isOwn;
      if (isInUse || kept.has(id)) {
        const why = isInUse ? idInUse(id, owner) : `${shown(id)} was found twice`;
        this.#context.warn(`discovery for service ${serviceName}: left out, as ${why}`);
      } else kept.set(id, backend);
    }
    service.setSource('discovery', [...kept.values()]);
    this.#heedWeights(service);
  }

  /** Changes a backend. @returns undefined if no backend has the id */
  patch(id: string, patch: BackendPatch): BackendStatus | undefined {
    const service = this.#runs(id);
    if (service === undefined) return undefined;
    this.#noting([service], () => service.override(id, patch));
    this.#heedWeights(service);
    return this.status(id);
  }

  /** Makes a change, and logs what is different in backends that stay. */
  #noting(services: readonly Service[], change: () => void): void {
    const before = settingsOf(services);
    change();
    for (const { service, endpoint, reason } of changesSince(before)) {
      this.#context.events.note('changed', reason, service, endpoint);
    }
  }

  /**
   * Takes a backend out: it gets no new work at once, and is gone when its last request has ended or
   * after `drainMs`. @returns its status while it drains; undefined if no backend has the id
   */
  remove(id: string, drainMs: number): BackendStatus | undefined {
    const before = this.status(id);
    this.#runs(id)?.remove(id, drainMs);
    return this.status(id) ?? before;
  }

  /** Where no strategy is named, weights that came later count as those of the file do. */
  #heedWeights(service: Service): void {
    if (service.strategy.isDefault !== true) return;
    const wanted = defaultStrategy(service.pool.members, this.#context.strategies);
    if (wanted.name === service.strategy.name) return;
    service.setStrategy(wanted);
    this.#context.events.note('strategy', `now ${wanted.name}`, service.name);
  }

  /** @throws {ConfigError} if the strategy, its options or the service are not usable */
  setStrategy(file: StrategyFile, serviceName?: string): void {
    const service = this.#named(serviceName);
    service.setStrategy(resolveStrategy(file, this.#context.strategies, 'strategy'));
    this.#context.events.note('strategy', `now ${file.name}`, service.name);
  }

  close(): void {
    for (const service of this.all) service.close();
  }

  #create(config: ServiceConfig): Service {
    const { clock, random, events, traffic, drainMs, policies, onPolicyError } = this.#context;
    const logged = events.poolObserver(config.name);
    return new Service(config, {
      clock,
      drainMs,
      random: random.fork(`service ${config.name}`),
      policies: policies(config.name),
      observer: {
        event: (event) => {
          if (event.type === 'added') traffic.add(event.endpoint, config.name);
          logged.event(event);
        },
        settled: (member, outcome) => traffic.attemptSettled(member.id, outcome),
        policyFailed: (where, error) => onPolicyError(config.name, where, error),
        departed: ({ id }) => {
          const idle = [...this.#retired].filter(({ pool }) => pool.inFlight === 0);
          for (const service of idle) this.#retired.delete(service);
          // Not yet: the request of its last attempt is still to be counted. A newcomer of the same id goes
          // on with its counters.
          clock.after(0, () => {
            if (this.#runs(id) === undefined) traffic.forget(id);
            for (const service of idle) this.#forget(service);
          });
        },
      },
      onProbe: (member: Member, result: ProbeResult) => traffic.probeEnded(member.id, result),
    });
  }

  /** Ends the counts of a service that has left. */
  #forget({ name }: Service): void {
    if (!this.running.some((service) => service.name === name))
      this.#context.traffic.forgetService(name);
  }

  #statusOf(service: Service, member: Member): BackendStatus {
    return statusOf(member, service, this.#context.traffic);
  }

  /** Within a file ids are unique; what the admin API has added is checked here. */
  #check(configs: readonly ServiceConfig[]): void {
    const kept = new Set(configs.map(({ name }) => name));
    for (const { name, backends } of configs) {
      for (const { id, url } of backends) {
        const owner = this.#owner(id);
        // A service that is dropped takes its backends along; what discovery found gives way.
        if (owner?.source !== 'admin' || !kept.has(owner.service.name)) continue;
        const added = owner.service.membership.of('admin').find((backend) => backend.id === id);
        throw new ConfigError(
          `config: backend ${shown(id)} of service ${name}, ${url}, was added to service ${owner.service.name} by the admin API as ${added?.url}: delete it there, or give one of the two another id`,
        );
      }
    }
  }

  /** The service in which a backend of this id runs. */
  #runs(id: string): Service | undefined {
    return this.all.find(({ pool }) => pool.member(id) !== undefined);
  }

  /** Which source of which service names this id; discovery gives way to the others. */
  #owner(id: string): Owner | undefined {
    let owner: Owner | undefined;
    for (const service of this.all) {
      const source = service.membership.sourceOf(id);
      if (source === undefined || (owner !== undefined && source === 'discovery')) continue;
      owner = { service, source };
    }
    return owner;
  }

  #named(name: string | undefined): Service {
    const names = [...this.#services.keys()];
    const chosen = name ?? (names.length === 1 ? names[0] : undefined);
    const service = chosen === undefined ? undefined : this.#services.get(chosen);
    if (service !== undefined) return service;
    throw new ConfigError(`service must be one of ${names.join(', ')}, got ${shown(name)}`);
  }
}

/** Why an id cannot be used again. */
function idInUse(id: string, { service, source }: Owner): string {
  const withheld = service.membership.isWithheld(id)
    ? ', which names it still though it was deleted'
    : '';
  return `id must be unique, got ${shown(id)}, which is in use: service ${service.name} has it from ${source}${withheld}`;
}
