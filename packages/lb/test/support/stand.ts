/**
 * The data plane with core's real pool and balancer, as a test needs it; `stop` proves that nothing
 * is left: no connection, no timer, nothing in flight.
 */

import {
  type Cluster,
  type ClusterOptions,
  createCluster,
  type EndpointSpec,
  type StrategyFactory,
  seededRandom,
} from '@evenkeel/core';
import { createHttpFront, type HttpFront, type HttpService } from '../../src/http1/front.ts';
import { RateLimits } from '../../src/http1/operations/rate-limit.ts';
import {
  DEFAULT_LIMITS,
  DEFAULT_TIMEOUTS,
  DEFAULT_UPGRADES,
  type Forwarding,
  type HttpLimits,
  type HttpTimeouts,
} from '../../src/http1/settings.ts';
import { ListeningSocket } from '../../src/listener/listening-socket.ts';
import type {
  FrontObserver,
  RequestObservation,
  RequestRecord,
  RequestTracer,
} from '../../src/observer.ts';
import { TimerWheel } from '../../src/wheel.ts';
import './steady-clock.ts';

export interface StandOptions {
  /** Where to listen; default 127.0.0.1. */
  readonly host?: string;
  readonly timeouts?: Partial<HttpTimeouts>;
  readonly limits?: Partial<HttpLimits>;
  readonly forwarding?: Partial<Forwarding>;
  readonly service?: Partial<HttpService>;
  readonly upgrades?: readonly string[];
  readonly cluster?: Partial<ClusterOptions>;
  readonly tracer?: RequestTracer;
}

/** The access log as a test reads it. */
export type LogEntry = RequestRecord & RequestObservation;

export interface Stand {
  readonly port: number;
  readonly front: HttpFront;
  readonly cluster: Cluster;
  readonly clock: TimerWheel;
  readonly log: LogEntry[];
  readonly upstreamsCreated: string[];
  /** Limits at which client connections were refused, and whether that was worth telling. */
  readonly refusals: (readonly [string, boolean])[];
  /** Resolves when `count` requests have ended. */
  logged(count: number): Promise<void>;
  /** Drains and checks that nothing is left. */
  stop(): Promise<void>;
}

/** A cluster as a front uses it; nothing leaves it. */
export function serviceOf(name: string, { pool, balancer }: Cluster): HttpService {
  return { name, pool, balancer, onDeparted: () => () => {} };
}

/** Takes turns, so that tests know where a request goes. */
export const inTurn: StrategyFactory = () => {
  let next = 0;
  return { pick: (candidates) => candidates[next++ % candidates.length]! };
};

export const FORWARDING: Forwarding = {
  via: 'evenkeel-test',
  trustsUnix: false,
  hostHeader: 'client',
  proxyAuthorization: false,
  proxyStatus: false,
  requestTrailers: [],
};

/** A front before the given addresses. */
export async function startStand(
  backends: readonly (string | EndpointSpec)[],
  options: StandOptions = {},
): Promise<Stand> {
  const clock = new TimerWheel();
  const random = seededRandom(7);
  const cluster = createCluster({ clock, random, strategy: inTurn, ...options.cluster });
  cluster.update(
    backends.map((backend, i) =>
      typeof backend === 'string' ? { id: `b${i}`, address: backend } : backend,
    ),
  );
  const log: LogEntry[] = [];
  const waiters = new Set<() => void>();
  const upstreamsCreated: string[] = [];
  const refusals: [string, boolean][] = [];
  const observer: FrontObserver = {
    ...(options.tracer === undefined ? {} : { tracer: options.tracer }),
    requestEnded(request, observed) {
      log.push(copyOf(request, observed));
      for (const waiter of [...waiters]) waiter();
    },
    upstreamCreated: (backend) => upstreamsCreated.push(backend),
    connectionRefused: (limit, isNews) => refusals.push([limit, isNews]),
  };
  const service: HttpService = { ...serviceOf('main', cluster), ...options.service };
  const front = createHttpFront({
    routes: [{ service }],
    acceptsProxy: false,
    clock,
    random,
    timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    forwarding: { ...FORWARDING, ...options.forwarding },
    upgrades: options.upgrades ?? DEFAULT_UPGRADES,
    rateLimits: new RateLimits(),
    observer,
  });
  const socket = await ListeningSocket.open({ host: options.host ?? '127.0.0.1', port: 0 });
  socket.serveBy((accepted) => front.accept(accepted));
  const { port } = socket.address;
  return {
    port,
    front,
    cluster,
    clock,
    log,
    upstreamsCreated,
    refusals,
    logged: (count) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${log.length} of ${count} ended`)),
          60_000,
        );
        const look = (): void => {
          if (log.length < count) return;
          clearTimeout(timer);
          waiters.delete(look);
          resolve();
        };
        waiters.add(look);
        look();
      }),
    async stop() {
      socket.close();
      await front.drain(5_000);
      cluster.close();
      await untilTrue(
        () => front.connections.client === 0 && front.connections.upstream === 0,
        'no connection',
      );
      await untilTrue(
        () => cluster.pool.inFlight === 0 && cluster.balancer.queued === 0,
        'nothing in flight',
      );
      await untilTrue(() => clock.armed === 0, 'no timer');
    },
  };
}

function copyOf(request: RequestRecord, observed: RequestObservation): LogEntry {
  const { service, method, target, host, version, requestId } = request;
  const { clientAddress, peerAddress, observedFields } = request;
  const record = { service, method, target, host, version, requestId, clientAddress };
  const tries = observed.tries.slice(0, observed.attempts).map((attempt) => ({ ...attempt }));
  return { ...record, peerAddress, observedFields, ...observed, tries };
}

/** Waits for a state that follows without an announcement; the limit only ends a hang. */
export async function untilTrue(condition: () => boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + 60_000;
  while (performance.now() < deadlineMs) {
    if (condition()) return;
    await new Promise((done) => setTimeout(done, 5));
  }
  throw new Error(`waited in vain for: ${what}`);
}
