/**
 * What requests, attempts, connections and probes have come to, in plain counters: the hot path only adds
 * numbers up, and everything else (labels, percentiles, text) is made when it is asked for.
 */

import type { Failed, Outcome, ProbeResult } from '@evenkeel/core';
import type {
  AttemptObservation,
  ConnectionLimit,
  ConnectionRecord,
  FrontObserver,
  ProxyHeaderFault,
  RequestObservation,
  RequestRecord,
} from '../observer.ts';
import type { Reason } from '../reasons.ts';
import type { TcpReason } from '../tcp-reasons.ts';
import { Durations } from './durations.ts';
import { LatencyWindow } from './latency-window.ts';
import { TcpTraffic } from './tcp-traffic.ts';

const STATUS_MAX = 599;
/** A redirect of ours has a reason, and is no error. */
const ERRORS_FROM = 400;

/** Requests by what became of them. */
class RequestCounts {
  /** By the status that the client got. */
  readonly byStatus: Float64Array = new Float64Array(STATUS_MAX + 1);
  requestBodyBytes = 0;
  responseBodyBytes = 0;

  add(observed: RequestObservation): void {
    const status = Math.min(observed.status, STATUS_MAX);
    this.byStatus[status] = (this.byStatus[status] ?? 0) + 1;
    this.requestBodyBytes += observed.requestBodyBytes;
    this.responseBodyBytes += observed.responseBodyBytes;
  }
}

/** The counters of one backend. */
export class BackendTraffic {
  readonly service: string;
  /** Of requests of which it was the last one asked. */
  readonly requests: RequestCounts = new RequestCounts();
  readonly latency: LatencyWindow = new LatencyWindow();
  readonly connect: Durations = new Durations();
  readonly firstByte: Durations = new Durations();
  connectionsCreated = 0;
  probesPassed = 0;
  probesFailed = 0;
  /** The last failure of an attempt or a probe, in a few words. */
  lastError: string | undefined = undefined;
  /** When that was, monotonic. */
  lastErrorMs = 0;

  constructor(service: string) {
    this.service = service;
  }
}

/** The counters of one service. */
export class ServiceTraffic {
  /** Of requests that reached no backend, or one that has left. */
  readonly requests: RequestCounts = new RequestCounts();
  /** All requests, sessions excepted. */
  readonly durations: Durations = new Durations();
  readonly errors: Map<Reason | TcpReason, number> = new Map();

  failed(reason: Reason | TcpReason): void {
    this.errors.set(reason, (this.errors.get(reason) ?? 0) + 1);
  }
}

/** Counts for all backends of all services. */
export class Traffic implements FrontObserver {
  /** Client connections refused, by the limit that they met. */
  readonly refused: Record<ConnectionLimit, number> = { connections: 0, connectionsPerAddress: 0 };
  readonly tcp: TcpTraffic = new TcpTraffic();
  /** Client connections closed for their PROXY header. */
  readonly proxyHeaders: Record<ProxyHeaderFault, number> = {
    missing: 0,
    malformed: 0,
    late: 0,
    untrusted: 0,
  };
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Of requests that were refused before they were routed, or whose service has left. */
  readonly #unrouted = new ServiceTraffic();
  readonly #services = new Map([['', this.#unrouted]]);
  readonly #backends = new Map<string, BackendTraffic>();

  constructor(now: () => number) {
    this.now = now;
  }

  get backends(): ReadonlyMap<string, BackendTraffic> {
    return this.#backends;
  }

  /** By name; requests that no service has are under the empty one. */
  get services(): ReadonlyMap<string, ServiceTraffic> {
    return this.#services;
  }

  /** Counts for a backend from now on, or goes on counting. */
  add(backend: string, service: string): void {
    if (this.#backends.get(backend)?.service === service) return;
    this.#backends.set(backend, new BackendTraffic(service));
  }

  addService(name: string): void {
    if (!this.#services.has(name)) this.#services.set(name, new ServiceTraffic());
  }

  /** Ends the counts of a backend that has left, which would otherwise pile up. */
  forget(backend: string): void {
    this.#backends.delete(backend);
    this.tcp.forget(backend);
  }

  forgetService(name: string): void {
    if (name !== '') this.#services.delete(name);
    this.tcp.forgetService(name);
  }

  requestEnded({ service, trace }: RequestRecord, observed: RequestObservation): void {
    const counted = this.#services.get(service) ?? this.#unrouted;
    // A request can end long after its last attempt, when that backend has left.
    const { requests } = this.#backends.get(observed.backend) ?? counted;
    requests.add(observed);
    if (!observed.isSession) counted.durations.record(observed.durationMs, trace);
    const { reason, status } = observed;
    if (reason !== '' && status >= ERRORS_FROM) counted.failed(reason);
  }

  attemptEnded({ trace }: RequestRecord, attempt: AttemptObservation): void {
    const traffic = this.#backends.get(attempt.backend);
    if (traffic === undefined) return;
    if (attempt.connectMs >= 0) traffic.connect.record(attempt.connectMs, trace);
    if (attempt.firstByteMs >= 0) {
      traffic.firstByte.record(attempt.firstByteMs, trace);
      traffic.latency.record(attempt.firstByteMs, this.now());
    }
  }

  connectionJoined(backend: string, connectMs: number): void {
    const traffic = this.#backends.get(backend);
    traffic?.connect.record(connectMs);
    traffic?.latency.record(connectMs, this.now());
  }

  connectionEnded(record: ConnectionRecord): void {
    const { service, backend, reason } = record;
    if (this.#services.has(service)) this.tcp.add(record, this.#backends.has(backend));
    if (reason !== '') (this.#services.get(service) ?? this.#unrouted).failed(reason);
  }

  proxyHeaderRefused(fault: ProxyHeaderFault): void {
    this.proxyHeaders[fault] += 1;
  }

  connectionRefused(limit: ConnectionLimit): void {
    this.refused[limit] += 1;
  }

  upstreamCreated(backend: string): void {
    const traffic = this.#backends.get(backend);
    if (traffic !== undefined) traffic.connectionsCreated += 1;
  }

  /** The pool has been told how an attempt ended. */
  attemptSettled(backend: string, outcome: Outcome): void {
    const traffic = this.#backends.get(backend);
    if (outcome.kind === 'failed' && traffic !== undefined) this.#note(traffic, described(outcome));
  }

  probeEnded(backend: string, result: ProbeResult): void {
    const traffic = this.#backends.get(backend);
    if (traffic === undefined) return;
    if (result.ok) traffic.probesPassed += 1;
    else {
      traffic.probesFailed += 1;
      this.#note(traffic, `health check: ${result.detail ?? 'no answer'}`);
    }
  }

  #note(traffic: BackendTraffic, error: string): void {
    traffic.lastError = error;
    traffic.lastErrorMs = this.now();
  }
}

const CAUSES: Readonly<Record<Failed['cause'], string>> = {
  refused: 'connection refused',
  'connect-timeout': 'no connection in time',
  timeout: 'no answer in time',
  reset: 'connection reset',
  protocol: 'not a valid answer',
  status: 'status',
};

function described({ cause, status }: Failed): string {
  return status === undefined ? CAUSES[cause] : `${CAUSES[cause]} ${status}`;
}
