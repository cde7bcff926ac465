/**
 * The composition root: the one place that makes the parts of a load balancer and lets them know
 * of each other.
 */

import { type Address, type ConfigFile, formatAddress } from '@evenkeel/config';
import type { ClusterPolicies } from '@evenkeel/core';
import { AdminServer } from './admin/server.ts';
import { ConfigError } from './config/error.ts';
import { parseConfig } from './config/parse.ts';
import { resolveConfig, type StrategyTable } from './config/resolve.ts';
import type { Config } from './config/types.ts';
import type { ChangeSource } from './event-log.ts';
import { Fronts, type Listening, urlOf } from './fronts.ts';
import { AccessLog } from './log/access-log.ts';
import { logEvent } from './log/event-line.ts';
import type { ProgramLog } from './log/program-log.ts';
import { observerOf } from './observers.ts';
import { type Operable, OperableParts } from './operable.ts';
import { applyConfig, changedAtStartOnly, keepingAtStart, prepared } from './reload.ts';
import { dismantle, shutDown } from './shutdown.ts';
import { type OwnStrategies, strategyTable } from './strategies.ts';
import type { Tracing } from './tracing/start.ts';
import { TimerWheel } from './wheel.ts';

/** What cannot be written into a configuration file. */
export interface LoadBalancerOptions {
  /** Own strategies by the names under which `strategy` may refer to them. */
  readonly strategies?: OwnStrategies;
  /**
   * Own policies for a service (`default` where the configuration has no `services`). Each that is given
   * takes the place of the configured one. Most have state: make them anew at each call.
   */
  readonly policies?: (service: string) => ClusterPolicies;
  /** Is told what operators should know; default: none is. */
  readonly log?: ProgramLog;
  /** Listening sockets that are there already, for the listeners in their order (systemd's socket activation). */
  readonly descriptors?: readonly number[];
  /** Where the admin API's `POST /reload` gets the configuration; without it there is no such call. */
  readonly reread?: () => ConfigFile;
  /** Makes spans of requests; closed at the end. Default: nothing is traced. */
  readonly tracing?: Tracing | undefined;
}

/** A load balancer. */
export interface LoadBalancer extends Operable {
  /**
   * Starts: opens the logs, begins to check backends, listens. Once.
   * @returns the address bound by the first listener, with the port that was picked if it was given as 0
   * @throws {Error} with a `code` such as `EADDRINUSE`; nothing is left running then
   */
  listen(): Promise<Address>;
  /**
   * Replaces the configuration without losing a request. Several are made one after the other.
   * @param config the configuration, or what reads it
   * @param source what events say of where the change came from; default: the program
   * @throws {ConfigError} changing nothing, if it is not usable, or a new address cannot be listened on
   */
  reload(config: ConfigFile | (() => ConfigFile), source?: ChangeSource): Promise<void>;
  /** Goes on in new log files, after a rotation has moved the old ones away. */
  reopenLogs(): void;
  /** Stops accepting and lets requests in flight end within `timeouts.drainMs`. */
  close(): Promise<void>;
  /** Ends at once, whatever is in flight. */
  destroy(): Promise<void>;
  /** Where clients connect, in the order of the configuration; empty before `listen`. */
  readonly listening: readonly Listening[];
  /** Where the admin API listens; undefined if it does not. */
  readonly adminAddress: Address | undefined;
}

/**
 * Makes a load balancer; it does nothing before `listen`.
 * @param config as in a configuration file
 * @throws {ConfigError} one line naming what is wrong with the configuration
 */
export function createLoadBalancer(
  config: ConfigFile,
  options: LoadBalancerOptions = {},
): LoadBalancer {
  return new Server(config, options);
}

/** A start waits so long for the first answers of discovery, then goes on without. */
const FIRST_ANSWERS_MS = 2_000;

class Server extends OperableParts implements LoadBalancer {
  readonly #options: LoadBalancerOptions;
  readonly #strategies: StrategyTable;
  readonly #clock: TimerWheel;
  #config: Config;
  #fronts: Fronts | undefined;
  #admin: AdminServer | undefined;
  #accessLog: AccessLog | undefined;
  #ending: Promise<void> | undefined;
  /** Until the reload that runs has ended. */
  #reloading: Promise<void> | undefined;
  /** Cuts a graceful end short. */
  readonly #destroyed = new AbortController();

  constructor(file: ConfigFile, options: LoadBalancerOptions) {
    const strategies = strategyTable(options.strategies);
    const config = resolveConfig(parseConfig(file), strategies);
    const clock = new TimerWheel();
    super({
      clock,
      strategies,
      policies: options.policies,
      log: options.log,
      drainMs: () => this.#config.timeouts.drainMs,
      connections: () => this.#fronts?.connections ?? { client: 0, upstream: 0 },
      droppedLogLines: () => this.#accessLog?.dropped ?? 0,
    });
    this.#options = options;
    this.#strategies = strategies;
    this.#clock = clock;
    this.#config = config;
    this.eventLog.subscribe((event) => logEvent(event, options.log));
  }

  get listening(): readonly Listening[] {
    return this.#fronts?.listening ?? [];
  }

  get adminAddress(): Address | undefined {
    return this.#admin?.address;
  }

  async listen(): Promise<Address> {
    if (this.#fronts !== undefined) throw new Error('the load balancer was started before');
    const { accessLog, services } = this.#config;
    this.services.apply(services);
    try {
      if (accessLog !== undefined) {
        const { log } = this.#options;
        const random = this.random.fork('access log');
        this.#accessLog = new AccessLog({ ...accessLog, clock: this.#clock, random, log });
      }
      const { descriptors } = this.#options;
      this.#fronts = new Fronts({
        clock: this.#clock,
        random: this.random.fork('front'),
        observer: observerOf(this.traffic, this.#accessLog, this.#options),
        services: this.services,
        descriptors,
      });
      this.discovery.update(services);
      await this.discovery.asked(FIRST_ANSWERS_MS);
      await this.#startAdmin();
      const ready = await this.#fronts.prepare(this.#config);
      if (this.#ending !== undefined) {
        ready.abandon();
        throw new Error('the load balancer was closed as it started');
      }
      ready.commit();
      const [first] = this.listening;
      return (first as Listening).address;
    } catch (error) {
      this.discovery.close();
      this.services.close();
      await this.destroy();
      throw error;
    }
  }

  async reload(
    config: ConfigFile | (() => ConfigFile),
    source: ChangeSource = 'program',
  ): Promise<void> {
    // One after the other: each is judged by what runs once the one before has ended.
    while (this.#reloading !== undefined) await this.#reloading;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#reloading = promise;
    try {
      await this.#reload(config, source);
    } catch (error) {
      const reason = error instanceof ConfigError ? error.summary : String(error);
      this.eventLog.attributed(source, () => this.eventLog.note('reload-failed', reason));
      throw error;
    } finally {
      this.#reloading = undefined;
      resolve();
    }
  }

  async #reload(config: ConfigFile | (() => ConfigFile), source: ChangeSource): Promise<void> {
    const file = typeof config === 'function' ? config() : config;
    const wanted = resolveConfig(parseConfig(file), this.#strategies);
    const next = keepingAtStart(this.#config, wanted);
    const fronts = await prepared(next, () => this.#servingFronts);
    const ignored = changedAtStartOnly(this.#config, wanted);
    if (ignored.length > 0) {
      this.#options.log?.warn(`reload: a change of ${ignored.join(', ')} needs a restart`);
    }
    const { eventLog } = this;
    const changes = eventLog.attributed('file', () => applyConfig(next, this.services, fronts));
    this.discovery.update(next.services);
    this.reopenLogs();
    this.#config = next;
    const told = [`${this.backends.length} backends`, ...changes].join(', ');
    eventLog.attributed(source, () => eventLog.note('reload', told));
  }

  /** Undefined before they listen, and once it ends. */
  get #servingFronts(): Fronts | undefined {
    return this.listening.length === 0 || this.#ending !== undefined ? undefined : this.#fronts;
  }

  reopenLogs(): void {
    try {
      this.#accessLog?.reopen();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log?.error(`access log: ${reason}; the old file is kept`);
    }
  }

  close(): Promise<void> {
    const running = this.#running();
    this.#ending ??= running && shutDown(running, this.#config.timeouts, this.#destroyed.signal);
    return this.#ending ?? Promise.resolve();
  }

  async destroy(): Promise<void> {
    const running = this.#running();
    if (running === undefined) return;
    this.#destroyed.abort();
    this.#ending = dismantle(running);
    await this.#ending;
  }

  #running(): Parameters<typeof dismantle>[0] | undefined {
    const fronts = this.#fronts;
    if (fronts === undefined) return undefined;
    return {
      clock: this.#clock,
      fronts,
      services: this.services,
      discovery: this.discovery,
      admin: this.#admin,
      accessLog: this.#accessLog,
      tracing: this.#options.tracing,
    };
  }

  async #startAdmin(): Promise<void> {
    const { admin } = this.#config;
    if (admin === undefined) return;
    const { reread } = this.#options;
    this.#admin = new AdminServer({
      services: this.services,
      discovery: () => this.discovery.statuses,
      events: this.eventLog,
      metrics: this.registries,
      token: admin.token,
      config: () => this.#config,
      isEnding: () => this.#ending !== undefined,
      listening: () => this.listening.map(urlOf),
      reload: reread && (() => this.reload(reread, 'admin')),
      reopenLogs: () => this.#accessLog?.reopen(),
    });
    await this.#admin.listen(admin);
    const { address } = this.#admin;
    if (address) this.#options.log?.info(`admin listening on http://${formatAddress(address)}`);
  }
}
