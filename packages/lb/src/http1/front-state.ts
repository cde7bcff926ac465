/** What all connections of one front share: clock, parsers, scratch memory, and the configuration of the moment. */

import type { Clock, Random } from '@evenkeel/core';
import type { FrontObserver, RequestTracer } from '../observer.ts';
import { RareNews } from '../rare-news.ts';
import type { UpstreamConnection } from '../upstream/connection.ts';
import { UpstreamPool } from '../upstream/pool.ts';
import type { TimerWheel } from '../wheel.ts';
import { ByteBuffer } from './byte-buffer.ts';
import type { ChunkedRules } from './chunked.ts';
import { DateLine } from './date.ts';
import { RequestWriter } from './forward-request.ts';
import type { HttpFrontConfig, HttpService, Route } from './front-config.ts';
import { RouteOperations } from './operations/operations.ts';
import type { RateLimits } from './operations/rate-limit.ts';
import { RequestHead } from './request-head.ts';
import { RequestIds } from './request-ids.ts';
import { ResponseHead } from './response-head.ts';
import { Router } from './router.ts';
import type { Forwarding, HttpLimits, HttpTimeouts } from './settings.ts';
import { Unacknowledged } from './unacknowledged.ts';

/** What one read brings, a head and the framing of a chunk fit in. */
const SCRATCH_BYTES = 96 * 1024;
/** How long the same want is not told again. */
const SILENCE_MS = 60_000;

/** Where requests are routed: a service, and this front's connections to its endpoints. */
export interface Destination {
  readonly service: HttpService;
  readonly upstreams: UpstreamPool;
  /** Nothing is routed there any more. */
  retire(): void;
}

/** What a request meets on a route. Routes of one service that do the same share theirs. */
export interface RouteTerms {
  /** Undefined where the route answers by itself. */
  readonly destination: Destination | undefined;
  readonly timeouts: HttpTimeouts;
  readonly limits: HttpLimits;
  readonly operations: RouteOperations | undefined;
}

/** A configuration made ready; immutable, so that a request may keep it while it runs. */
export interface Snapshot {
  readonly router: Router<RouteTerms>;
  readonly destinations: ReadonlyMap<HttpService, Destination>;
  readonly timeouts: HttpTimeouts;
  readonly limits: HttpLimits;
  readonly forwarding: Forwarding;
  /** Parsers sized for these limits; heads are read in one go, so one of each will do. */
  readonly requestHead: RequestHead;
  readonly responseHead: ResponseHead;
  /** How the chunked bodies of requests are read. */
  readonly requestChunks: ChunkedRules;
  readonly requestWriter: RequestWriter;
  /** Fields that the observer wants to see; undefined: none. */
  readonly observedFields: readonly string[] | undefined;
  /** Undefined: no request is traced. */
  readonly tracer: RequestTracer | undefined;
}

/** What a front gets from the program around it. */
export interface FrontPorts {
  readonly clock: TimerWheel;
  readonly random: Random;
  readonly observer: FrontObserver;
  /** Outlives this front's configurations. */
  readonly rateLimits: RateLimits;
}

export class FrontState {
  readonly clock: TimerWheel;
  readonly observer: FrontObserver;
  /** Empty between events. */
  readonly scratch: ByteBuffer = new ByteBuffer(SCRATCH_BYTES);
  readonly date: DateLine;
  readonly upstreamConnections: Set<UpstreamConnection> = new Set();
  readonly unacknowledged: Unacknowledged;
  readonly #exhaustionNews: RareNews;
  /** The front will end: no request may follow the present one on any connection. */
  isEnding = false;
  #snapshot: Snapshot;
  readonly #requestIds: RequestIds;
  readonly #rateLimits: RateLimits;

  constructor(config: HttpFrontConfig, { clock, random, observer, rateLimits }: FrontPorts) {
    this.clock = clock;
    this.observer = observer;
    this.#rateLimits = rateLimits;
    this.date = new DateLine(clock as Clock);
    this.unacknowledged = new Unacknowledged(clock);
    this.#exhaustionNews = new RareNews(clock, SILENCE_MS);
    this.#requestIds = new RequestIds(random);
    this.#snapshot = this.#prepare(config, new Map());
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** A new configuration; connections to services that stay are kept. */
  update(config: HttpFrontConfig): void {
    const before = this.#snapshot.destinations;
    this.#snapshot = this.#prepare(config, before);
    for (const [service, destination] of before) {
      if (!this.#snapshot.destinations.has(service)) destination.retire();
    }
  }

  /** Nothing is routed any more, and services need not tell it anything: they outlive it. */
  close(): void {
    for (const destination of this.#snapshot.destinations.values()) destination.retire();
  }

  /** A dial failed for want of descriptors or ports: closes the connections that are not in use. */
  exhausted(): void {
    for (const connection of [...this.upstreamConnections]) {
      if (connection.user === undefined) connection.destroy();
    }
    if (this.#exhaustionNews.isDue()) this.observer.exhausted?.();
  }

  #prepare(config: HttpFrontConfig, known: ReadonlyMap<HttpService, Destination>): Snapshot {
    const { timeouts, limits, forwarding, upgrades } = config;
    const requestTrailers = new Set(forwarding.requestTrailers);
    const destinations = new Map<HttpService, Destination>();
    for (const { service } of config.routes) {
      if (service === undefined || destinations.has(service)) continue;
      destinations.set(service, known.get(service) ?? this.#newDestination(service));
    }
    // Paths that can be read as either of two routes that share their terms are routed all the same.
    const terms = new Map<unknown, Map<unknown, RouteTerms>>();
    const routes = config.routes.map((route) => {
      const ofService = terms.get(route.service) ?? new Map<unknown, RouteTerms>();
      const to = ofService.get(route.operations) ?? this.#termsOf(route, config, destinations);
      ofService.set(route.operations, to);
      terms.set(route.service, ofService);
      return { host: route.host, prefix: route.prefix, to };
    });
    return {
      router: new Router(routes),
      destinations,
      timeouts,
      limits,
      forwarding,
      requestHead: new RequestHead(limits, upgrades),
      responseHead: new ResponseHead(limits),
      requestChunks: {
        payloadOnly: false,
        acceptsBlanks: false,
        passesTrailer: (name) => requestTrailers.has(name),
      },
      requestWriter: new RequestWriter(forwarding, this.#requestIds),
      observedFields: this.observer.requestFields,
      tracer: this.observer.tracer,
    };
  }

  #termsOf(
    { service, operations, timeouts, limits }: Route,
    config: HttpFrontConfig,
    destinations: ReadonlyMap<HttpService, Destination>,
  ): RouteTerms {
    return {
      destination: service && destinations.get(service),
      timeouts: timeouts === undefined ? config.timeouts : { ...config.timeouts, ...timeouts },
      limits: limits === undefined ? config.limits : { ...config.limits, ...limits },
      operations:
        operations && new RouteOperations(operations, this.#rateLimits, () => this.clock.now()),
    };
  }

  #newDestination(service: HttpService): Destination {
    const upstreams = new UpstreamPool(service.pool, {
      clock: this.clock,
      open: this.upstreamConnections,
      created: (backend) => this.observer.upstreamCreated?.(backend),
    });
    const stopListening = service.onDeparted((endpoint) => upstreams.forget(endpoint));
    return {
      service,
      upstreams,
      retire(): void {
        stopListening();
        upstreams.retire();
      },
    };
  }
}
