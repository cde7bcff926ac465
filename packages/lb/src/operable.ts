/**
 * What every balancer has, whatever brings its requests (a listener, `fetch`, a middleware): services, discovery,
 * events, metrics, and the calls by which a program operates it. The admin API makes the same changes.
 */

import { randomInt } from 'node:crypto';
import { EventEmitter } from 'node:events';
import {
  type BackendFile,
  type BackendPatch,
  backendPatch,
  newBackend,
  newStrategy,
  type StrategyFile,
  shown,
} from '@evenkeel/config';
import { type Clock, type ClusterPolicies, type Random, seededRandom } from '@evenkeel/core';
import type { BackendStatus } from './backends.ts';
import { NotFoundError } from './config/error.ts';
import { checked } from './config/parse.ts';
import type { StrategyTable } from './config/resolve.ts';
import { Discovery } from './discovery/discovery.ts';
import { finderFor } from './discovery/finders.ts';
import { EventLog, type LoggedEvent } from './event-log.ts';
import type { OpenConnections } from './front.ts';
import type { ProgramLog } from './log/program-log.ts';
import type { Registries } from './metrics/exposition.ts';
import { createMetrics, type MetricsSource } from './metrics/prometheus.ts';
import { Traffic } from './metrics/traffic.ts';
import { Services } from './services.ts';
import { version } from './version.ts';

/** Every event, and each kind of event by itself. */
export type BalancerEvents = {
  readonly [K in LoggedEvent['type'] | 'event']: [event: LoggedEvent];
};

/** How a program operates a balancer that it runs. */
export interface Operable {
  /** How the backends are now. */
  readonly backends: readonly BackendStatus[];
  /** Tells what happens as it happens, in one total order: `events.on('state', ({ endpoint, to }) => …)`. */
  readonly events: EventEmitter<BalancerEvents>;
  /**
   * Adds a backend until it is removed.
   * @param service which, where there are several
   * @throws {ConfigError} if it cannot be used, `ConflictError` if its id is in use
   */
  add(backend: BackendFile | string, service?: string): BackendStatus;
  /**
   * Changes fields of a backend, or gives them back to its source by null.
   * @throws {NotFoundError} {ConfigError}
   */
  patch(id: string, change: BackendPatch): BackendStatus;
  /** Keeps new requests away from a backend; `patch(id, { state: null })` ends that. @throws {NotFoundError} */
  drain(id: string): BackendStatus;
  /** Takes a backend out: it drains, then it is gone. @throws {NotFoundError} */
  remove(id: string): BackendStatus;
  /** Picks by another strategy from the next request on. @throws {ConfigError} */
  setStrategy(strategy: StrategyFile | string, service?: string): void;
  /** All figures as Prometheus text. */
  metrics(): Promise<string>;
}

/** What a balancer brings along. */
export interface OperableOptions {
  readonly clock: Clock;
  readonly strategies: StrategyTable;
  readonly policies: ((service: string) => ClusterPolicies) | undefined;
  readonly log: ProgramLog | undefined;
  /** How long a backend that is taken out may take for what it runs. */
  readonly drainMs: () => number;
  readonly connections: () => OpenConnections;
  readonly droppedLogLines: () => number;
}

const SEEDS = 2 ** 32;

/** The parts, and the calls on them. */
export class OperableParts implements Operable {
  readonly events: EventEmitter<BalancerEvents> = new EventEmitter();
  readonly random: Random = seededRandom(randomInt(SEEDS));
  readonly eventLog: EventLog;
  readonly traffic: Traffic;
  readonly services: Services;
  readonly discovery: Discovery;
  readonly registries: Registries;
  readonly #options: OperableOptions;

  constructor(options: OperableOptions) {
    const { clock, log, strategies, policies = () => ({}), drainMs } = options;
    this.#options = options;
    this.eventLog = new EventLog(() => clock.now());
    this.traffic = new Traffic(() => clock.now());
    this.services = new Services({
      clock,
      strategies,
      policies,
      drainMs,
      random: this.random,
      events: this.eventLog,
      traffic: this.traffic,
      warn: (message) => log?.warn(message),
      onPolicyError: (service, where, error) => {
        log?.error(`service ${service}: ${where}: ${messageOf(error)}`);
      },
    });
    this.discovery = new Discovery({
      clock,
      log,
      finderFor: (source) => finderFor(source, clock),
      found: (service, backends) => this.services.setDiscovered(service, backends),
      events: this.eventLog,
    });
    const measured: MetricsSource = {
      traffic: this.traffic,
      services: () => this.services.running,
      version: version(),
      discovery: () => this.discovery.sources,
      connections: options.connections,
      droppedLogLines: options.droppedLogLines,
    };
    this.registries = {
      prometheus: createMetrics(measured),
      openMetrics: createMetrics(measured, true),
    };
    this.eventLog.subscribe((event) => this.#emit(event));
  }

  get backends(): readonly BackendStatus[] {
    return this.services.statuses;
  }

  add(backend: BackendFile | string, service?: string): BackendStatus {
    const written = typeof backend === 'string' ? { url: backend } : backend;
    const whole = checked(newBackend, written);
    return this.eventLog.attributed('program', () => this.services.add(whole, service));
  }

  patch(id: string, change: BackendPatch): BackendStatus {
    const patch = checked(backendPatch, change);
    return found(
      id,
      this.eventLog.attributed('program', () => this.services.patch(id, patch)),
    );
  }

  drain(id: string): BackendStatus {
    return this.patch(id, { state: 'drain' });
  }

  remove(id: string): BackendStatus {
    const drainMs = this.#options.drainMs();
    const removed = this.eventLog.attributed('program', () => this.services.remove(id, drainMs));
    return found(id, removed);
  }

  setStrategy(strategy: StrategyFile | string, service?: string): void {
    const written = typeof strategy === 'string' ? { name: strategy } : strategy;
    const checkedStrategy = checked(newStrategy, written);
    this.eventLog.attributed('program', () => this.services.setStrategy(checkedStrategy, service));
  }

  metrics(): Promise<string> {
    return this.registries.prometheus.metrics();
  }

  /** A listener that throws must change nothing for what is balanced. */
  #emit(event: LoggedEvent): void {
    for (const name of ['event', event.type] as const) {
      try {
        this.events.emit(name, event);
      } catch (error) {
        this.#options.log?.error(`a listener of ${name} threw: ${messageOf(error)}`);
      }
    }
  }
}

function found(id: string, status: BackendStatus | undefined): BackendStatus {
  if (status !== undefined) return status;
  throw new NotFoundError(`no backend has the id ${shown(id)}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
