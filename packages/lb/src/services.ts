/**
 * The services that are running now, and every change that an operator or a reload makes to them.
 * Changes are checked before they are made: one that is refused changes nothing.
 */

import { type BackendFile, type BackendPatch, type StrategyFile, shown } from '@evenkeel/config';
import {
  type Clock,
  type Member,
  type ProbeResult,
  type Random,
  strategies as registry,
  type StrategyFactory,
} from '@evenkeel/core';
import { type BackendStatus, statusOf } from './backends.ts';
import { ConfigError } from './config/error.ts';
import { resolveBackend, resolveStrategy, type StrategyTable } from './config/resolve.ts';
import type { Backend, ServiceConfig } from './config/types.ts';
import type { EventLog } from './event-log.ts';
import type { Traffic } from './metrics/traffic.ts';
import { Service } from './service.ts';

/** What the services share. */
export interface ServicesSurroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventLog;
  readonly traffic: Traffic;
  readonly strategies: StrategyTable;
  readonly drainMs: () => number;
  /** A strategy or policy of this service failed. */
  readonly onPolicyError: (service: string, where: string, error: unknown) => void;
}

/** A member and the service that it belongs to. */
interface Place {
  readonly service: Service;
  readonly member: Member;
}

/** How often a leaving backend is looked at. */
const LEAVE_POLL_MS = 50;

/** Core's strategies and the user's own under their names. */
export function strategyTable(own: Readonly<Record<string, StrategyFactory>> = {}): StrategyTable {
  const table = new Map(registry.map((entry) => [entry.name, entry]));
  for (const [name, factory] of Object.entries(own)) {
    table.set(name, { name, about: 'own strategy', create: () => factory });
  }
  return table;
}

/** The running services. */
export class Services {
  readonly #surroundings: ServicesSurroundings;
  #services: ReadonlyMap<string, Service> = new Map();
  /** Deleted backends that still have something to end. */
  readonly #leaving = new Set<Member>();

  constructor(surroundings: ServicesSurroundings) {
    this.#surroundings = surroundings;
  }

  service(name: string): Service | undefined {
    return this.#services.get(name);
  }

  /** At least one backend can be asked. */
  get isReady(): boolean {
    return [...this.#services.values()].some((service) => service.pool.ready.length > 0);
  }

  *members(): Generator<Member> {
    for (const { pool } of this.#services.values()) yield* pool.members;
  }

  get statuses(): BackendStatus[] {
    const { traffic } = this.#surroundings;
    return [...this.#services.values()].flatMap(({ name, pool }) =>
      pool.members.map((member) => statusOf(member, name, traffic)),
    );
  }

  /** @returns undefined if no backend has the id */
  status(id: string): BackendStatus | undefined {
    const place = this.#find(id);
    return place && statusOf(place.member, place.service.name, this.#surroundings.traffic);
  }

  /**
   * Makes the services those of the configuration. Those whose policies are as before take the
   * rest over in place; others are replaced, and finish what they are doing.
   * @returns those replaced, to be closed once the front routes to the new ones
   */
  apply(configs: readonly ServiceConfig[]): readonly Service[] {
    const next = new Map<string, Service>();
    for (const config of configs) {
      const running = this.#services.get(config.name);
      const isKept = running?.reconfigure(config) === true;
      next.set(config.name, isKept ? running : this.#create(config));
    }
    const kept = new Set(next.values());
    const retired = [...this.#services.values()].filter((service) => !kept.has(service));
    this.#services = next;
    this.#keepLeaving();
    this.#forgetGone();
    return retired;
  }

  /** A leaving backend that the configuration names stays: whether it had left already is chance. */
  #keepLeaving(): void {
    for (const member of this.#leaving) {
      const place = this.#find(member.id);
      if (place?.member === member) place.service.pool.setAdminState(member.id, 'ready');
    }
    this.#leaving.clear();
  }

  /** @throws {ConfigError} if the id is taken or the service unknown */
  add(file: BackendFile, serviceName?: string): BackendStatus {
    const service = this.#named(serviceName);
    const backend = resolveBackend(file);
    if (this.#find(backend.id) !== undefined) {
      throw new ConfigError(`id must be unique, got ${shown(backend.id)}, which is in use`);
    }
    service.setBackends([...service.config.backends, backend]);
    return this.status(backend.id) as BackendStatus;
  }

  /** Changes a backend. @returns undefined if no backend has the id */
  patch(id: string, patch: BackendPatch): BackendStatus | undefined {
    const place = this.#find(id);
    if (place === undefined) return undefined;
    const { service } = place;
    const { weight, state } = patch;
    if (weight !== undefined) {
      const reweighed = (backend: Backend): Backend =>
        backend.id === id ? { ...backend, weight } : backend;
      service.setBackends(service.config.backends.map(reweighed));
    }
    if (state !== undefined) service.pool.setAdminState(id, state);
    return this.status(id);
  }

  /**
   * Takes a backend out: it gets no new work at once, and is gone when its last request has ended or
   * after `drainMs`. @returns its status while it drains; undefined if no backend has the id
   */
  remove(id: string, drainMs: number): BackendStatus | undefined {
    const place = this.#find(id);
    if (place === undefined) return undefined;
    const { clock } = this.#surroundings;
    const deadlineMs = clock.now() + drainMs;
    place.service.pool.setAdminState(id, 'drain');
    this.#leaving.add(place.member);
    const status = this.status(id);
    const check = (): void => {
      // A reload may have replaced it meanwhile, or an operator have given it back.
      const now = this.#find(id);
      const isLeaving = now?.member === place.member && place.member.adminState === 'drain';
      const isDone = place.member.inFlight === 0 || clock.now() >= deadlineMs;
      if (isLeaving && !isDone) {
        clock.after(LEAVE_POLL_MS, check);
        return;
      }
      this.#leaving.delete(place.member);
      if (isLeaving) this.#drop(place.service, id);
    };
    check();
    return status;
  }

  /** @throws {ConfigError} if the strategy, its options or the service are not usable */
  setStrategy(file: StrategyFile, serviceName?: string): void {
    const service = this.#named(serviceName);
    service.setStrategy(resolveStrategy(file, this.#surroundings.strategies, 'strategy'));
    this.#surroundings.events.note('strategy', `now ${file.name}`, service.name);
  }

  close(): void {
    for (const service of this.#services.values()) service.close();
  }

  #create(config: ServiceConfig): Service {
    const { clock, random, events, traffic, drainMs, onPolicyError } = this.#surroundings;
    return new Service(config, {
      clock,
      drainMs,
      random: random.fork(`service ${config.name}`),
      observer: {
        ...events.poolObserver(config.name),
        settled: (member, outcome) => traffic.attemptEnded(member.id, outcome),
        policyFailed: (where, error) => onPolicyError(config.name, where, error),
      },
      onProbe: (member: Member, result: ProbeResult) => traffic.probeEnded(member.id, result),
    });
  }

  #drop(service: Service, id: string): void {
    service.setBackends(service.config.backends.filter((backend) => backend.id !== id));
    this.#forgetGone();
  }

  /** Counts of backends that have left would otherwise pile up. */
  #forgetGone(): void {
    this.#surroundings.traffic.keepOnly(new Set([...this.members()].map(({ id }) => id)));
  }

  #find(id: string): Place | undefined {
    for (const service of this.#services.values()) {
      const member = service.pool.member(id);
      if (member !== undefined) return { service, member };
    }
    return undefined;
  }

  #named(name: string | undefined): Service {
    const names = [...this.#services.keys()];
    const chosen = name ?? (names.length === 1 ? names[0] : undefined);
    const service = chosen === undefined ? undefined : this.#services.get(chosen);
    if (service !== undefined) return service;
    throw new ConfigError(`service must be one of ${names.join(', ')}, got ${shown(name)}`);
  }
}
