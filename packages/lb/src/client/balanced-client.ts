/**
 * Balancing without a listener: requests that this program makes itself go to a group of backends through the
 * same core as those of the proxy. undici makes the connections.
 */

import type { DataPlaneFile, GroupFile } from '@evenkeel/config';
import type { ClusterPolicies, KeySource } from '@evenkeel/core';
import { Agent, type Dispatcher } from 'undici';
import { parseConfig } from '../config/parse.ts';
import { resolveConfig } from '../config/resolve.ts';
import { routingHash } from '../http1/routing-key.ts';
import type { ProgramLog } from '../log/program-log.ts';
import { type Operable, OperableParts } from '../operable.ts';
import type { Service } from '../service.ts';
import { type OwnStrategies, strategyTable } from '../strategies.ts';
import type { RequestFacts } from '../stream.ts';
import { systemClock } from '../system-clock.ts';
import { BalancedRequest } from './request.ts';

/** A group of backends as in a configuration file, and what cannot be written into one. */
export interface ClientOptions extends GroupFile {
  readonly timeouts?: Pick<
    NonNullable<DataPlaneFile['timeouts']>,
    'connectMs' | 'responseHeadMs' | 'bodyIdleMs' | 'upstreamKeepAliveMs'
  >;
  readonly limits?: Pick<NonNullable<DataPlaneFile['limits']>, 'replayBytes'>;
  /** Own strategies by the names under which `strategy` may refer to them. */
  readonly strategies?: OwnStrategies;
  /** Own policies; each that is given takes the place of the configured one. */
  readonly policies?: ClusterPolicies;
  /** Is told what operators should know; default: none is. */
  readonly log?: ProgramLog;
}

/** A balancer whose requests this program makes. */
export interface ClientBalancer extends Operable {
  /** Lets running requests end, then closes all connections. Nothing has to be closed for the process to end. */
  close(): Promise<void>;
}

/** What the caller may know of a request besides what is sent. */
export interface RequestOrigin {
  /** The address of the client for which it is made; empty if there is none. */
  readonly clientAddress: string;
}

const NO_CLIENT: RequestOrigin = { clientAddress: '' };
/** Keeps the process alive while something is in flight: the timers below do not. */
const HOLD_MS = 0x7fff_ffff;

/** Timers of checks and schedules: a program that has nothing else to do may end. */
const restingClock: typeof systemClock = {
  ...systemClock,
  after: (delayMs, fire) =>
    setTimeout(fire, Math.max(1, Math.ceil(delayMs)))
      .unref()
      [Symbol.toPrimitive](),
};

/** A group of backends for requests of this program. */
export class BalancedClient extends OperableParts implements ClientBalancer {
  /** Sends to single backends, and to whatever is not balanced. */
  readonly agent: Agent;
  readonly #service: Service;
  readonly #key: KeySource | undefined;
  readonly #replayBytes: number;
  #inFlight = 0;
  #hold: NodeJS.Timeout | undefined;
  #idle: (() => void) | undefined;

  /** @throws {ConfigError} if the configuration cannot be used */
  constructor(options: ClientOptions) {
    const { strategies: own, policies, log, ...group } = options;
    const strategies = strategyTable(own);
    const { services, timeouts, limits } = resolveConfig(parseConfig(group), strategies);
    super({
      clock: restingClock,
      strategies,
      log,
      policies: policies && (() => policies),
      drainMs: () => timeouts.drainMs,
      connections: () => ({ client: 0, upstream: 0 }),
      droppedLogLines: () => 0,
    });
    this.services.apply(services);
    this.discovery.update(services);
    this.#service = this.services.all[0] as Service;
    this.#key = services[0]?.strategy.key;
    this.#replayBytes = limits.replayBytes;
    this.agent = new Agent({
      connect: { timeout: timeouts.connectMs },
      headersTimeout: timeouts.responseHeadMs,
      bodyTimeout: timeouts.bodyIdleMs,
      keepAliveTimeout: timeouts.upstreamKeepAliveMs,
    });
  }

  /** Sends a request to one of the backends. Whatever comes of it, the handler is told. */
  dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    origin: RequestOrigin = NO_CLIENT,
  ): void {
    this.#inFlight += 1;
    this.#hold ??= setInterval(() => {}, HOLD_MS);
    const facts = new ClientFacts(options);
    const hash = this.#key === undefined ? 0 : routingHash(this.#key, facts, origin.clientAddress);
    new BalancedRequest(options, handler, hash, {
      service: this.#service,
      agent: this.agent,
      now: () => restingClock.now(),
      replayBytes: this.#replayBytes,
      ended: () => this.#ended(),
    }).begin();
  }

  async close(): Promise<void> {
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    this.discovery.close();
    this.services.close();
    await this.agent.close();
  }

  #ended(): void {
    this.#inFlight -= 1;
    if (this.#inFlight > 0) return;
    clearInterval(this.#hold);
    this.#hold = undefined;
    this.#idle?.();
  }
}

/** A request of undici's as routing keys see it. */
class ClientFacts implements RequestFacts {
  readonly method: string;
  readonly path: string;
  readonly host: string = '';
  readonly #headers: Dispatcher.DispatchOptions['headers'];

  constructor({ method, path, headers }: Dispatcher.DispatchOptions) {
    this.method = method;
    this.path = path.split('?', 1)[0] ?? '/';
    this.#headers = headers;
  }

  field(name: string): string | undefined {
    for (const [key, value] of fieldsOf(this.#headers)) {
      if (key.toLowerCase() === name && value !== undefined) return String(value);
    }
    return undefined;
  }
}

/** undici takes an object, pairs, or a flat list. */
function fieldsOf(headers: Dispatcher.DispatchOptions['headers']): Iterable<[string, unknown]> {
  if (headers === null || headers === undefined) return [];
  if (Array.isArray(headers)) {
    const flat = headers as readonly string[];
    return flat.flatMap((name, i): [string, unknown][] =>
      i % 2 === 0 ? [[name, flat[i + 1]]] : [],
    );
  }
  if (Symbol.iterator in headers) return headers as Iterable<[string, unknown]>;
  return Object.entries(headers);
}
