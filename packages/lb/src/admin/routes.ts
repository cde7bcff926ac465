/** The admin API's routes: what each path shows or changes, by method. */

import { backendPatch, newBackend, newStrategy } from '@evenkeel/config';
import { checked } from '../config/parse.ts';
import type { Config } from '../config/types.ts';
import type { DiscoveryStatus } from '../discovery/discovery.ts';
import type { EventLog } from '../event-log.ts';
import { type Registries, registryFor } from '../metrics/exposition.ts';
import type { Service } from '../service.ts';
import type { Services } from '../services.ts';
import { type Answer, RequestError } from './answer.ts';
import type { LastMinute } from './last-minute.ts';
import { overviewOf } from './overview.ts';
import { shownConfig, shownRoutes } from './shown-config.ts';

/** What the API shows and changes. */
export interface AdminSource {
  readonly services: Services;
  readonly events: EventLog;
  readonly discovery: () => readonly DiscoveryStatus[];
  readonly metrics: Registries;
  readonly lastMinute: LastMinute;
  /** As it runs now. */
  readonly config: () => Config;
  /** The load balancer is about to end. */
  readonly isEnding: () => boolean;
  /** Where clients connect, as URLs. */
  readonly listening: () => readonly string[];
  /** Reads the configuration again; undefined where there is nothing to read. */
  readonly reload: (() => Promise<void>) | undefined;
  /** @throws {Error} if a log cannot be opened anew */
  readonly reopenLogs: () => void;
}

/** A request for one route. */
export interface Call {
  readonly from: AdminSource;
  /** The part of the path that stands for `*`; empty if there is none. */
  readonly id: string;
  /** The request's Accept field; empty if it has none. */
  readonly accept: string;
  /** @throws {RequestError} 413 if the body is too long, 400 if it is not JSON */
  body(): Promise<unknown>;
}

type Handler = (call: Call) => Answer | Promise<Answer>;
type Methods = Readonly<Record<string, Handler>>;

/** Orchestrators ask these, which have no token to send; they tell nothing that needs one. */
const PROBES: Readonly<Record<string, Methods>> = {
  healthz: { GET: () => ok({ status: 'ok' }) },
  readyz: {
    GET({ from: { services, isEnding } }) {
      if (isEnding()) return { status: 503, body: { status: 'ending' } };
      if (services.isReady) return ok({ status: 'ready' });
      return { status: 503, body: { status: 'no backend is ready' } };
    },
  },
};

const OPERATIONS: Readonly<Record<string, Methods>> = {
  metrics: {
    async GET({ from: { metrics }, accept }) {
      const registry = registryFor(accept, metrics);
      return { ...ok(await registry.metrics()), type: registry.contentType };
    },
  },
  status: { GET: ({ from }) => ok(overviewOf(from)) },
  backends: {
    GET: ({ from: { services } }) => ok(services.statuses),
    async POST({ from: { services, events }, body }) {
      const { service, ...backend } = checked(newBackend, await body());
      const added = events.attributed('admin', () => services.add(backend, service));
      return { status: 201, body: added };
    },
  },
  'backends/*': {
    GET: ({ from: { services }, id }) => found(id, services.status(id)),
    async PATCH({ from: { services, events }, id, body }) {
      const patch = checked(backendPatch, await body());
      return found(
        id,
        events.attributed('admin', () => services.patch(id, patch)),
      );
    },
    DELETE({ from: { services, events, config }, id }) {
      const { drainMs } = config().timeouts;
      const removed = events.attributed('admin', () => services.remove(id, drainMs));
      return found(id, removed, 202);
    },
  },
  strategy: {
    GET: ({ from: { services } }) => ok(services.all.map(strategyOf)),
    async PUT({ from: { services, events }, body }) {
      const { service, ...strategy } = checked(newStrategy, await body());
      events.attributed('admin', () => services.setStrategy(strategy, service));
      const { secret: _, ...shown } = strategy;
      return ok(shown);
    },
  },
  discovery: { GET: ({ from: { discovery } }) => ok(discovery()) },
  queue: { GET: ({ from: { services } }) => ok(services.all.map(queueOf)) },
  routes: { GET: ({ from: { config } }) => ok(shownRoutes(config())) },
  config: { GET: ({ from: { config } }) => ok(shownConfig(config())) },
  reload: {
    async POST({ from: { reload, services } }) {
      if (reload === undefined) {
        throw new RequestError(409, 'there is no configuration file to read again');
      }
      await reload();
      return ok(services.statuses);
    },
  },
  'logs/reopen': {
    POST({ from: { reopenLogs } }) {
      try {
        reopenLogs();
      } catch (error) {
        throw new RequestError(500, `${(error as Error).message}; the old file is kept`);
      }
      return ok({ status: 'reopened' });
    },
  },
};

/** A route that was found. */
export interface FoundRoute {
  readonly methods: Methods;
  readonly id: string;
  /** It is served to anyone. */
  readonly isOpen: boolean;
}

/** @returns undefined if there is nothing at this path */
export function routeOf(path: readonly string[]): FoundRoute | undefined {
  const [first = '', second] = path;
  const exact = path.join('/');
  const probe = own(PROBES, exact);
  if (probe !== undefined) return { methods: probe, id: '', isOpen: true };
  const methods = own(OPERATIONS, exact);
  if (methods !== undefined) return { methods, id: '', isOpen: false };
  const below = path.length === 2 ? own(OPERATIONS, `${first}/*`) : undefined;
  return below && { methods: below, id: second ?? '', isOpen: false };
}

/** What a service picks by. */
function strategyOf({ name: service, strategy: { name, options, key } }: Service): object {
  return { service, name, options, key };
}

/** The requests of a service that wait for a backend below its limit, and the limits of that. */
function queueOf({ name: service, balancer, config: { queue } }: Service): object {
  return { service, queued: balancer.queued, ...queue };
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function ok<T>(body: T): Answer {
  return { status: 200, body };
}

function found(id: string, body: unknown, status = 200): Answer {
  if (body !== undefined) return { status, body };
  throw new RequestError(404, `no backend has the id ${JSON.stringify(id)}`);
}
