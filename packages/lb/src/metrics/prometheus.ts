/**
 * The counters as Prometheus text. Everything is read at the time of the scrape; prom-client names,
 * labels and formats it. Labels are names from the configuration and codes of the program, never what a client
 * sent, so that none can make series without end.
 */

import type { EndpointState, Member } from '@evenkeel/core';
import { type PrometheusContentType, Registry } from 'prom-client';
import type { DiscoverySource } from '../discovery/source.ts';
import type { OpenConnections } from '../front.ts';
import { addDiscovery } from './discovery.ts';
import { counter, gauge } from './fill.ts';
import { histogram } from './histogram.ts';
import { addBuildInfo, addProcess } from './process.ts';
import type { BackendTraffic, Traffic } from './traffic.ts';

/** A service as its metrics see it. */
export interface MeasuredService {
  readonly name: string;
  readonly members: readonly Member[];
  /** Those that have left and still run something. */
  readonly departing: Iterable<Member>;
  readonly balancer: { readonly queued: number };
}

/** Where the figures are read. */
export interface MetricsSource {
  readonly version: string;
  readonly traffic: Traffic;
  services(): Iterable<MeasuredService>;
  connections(): OpenConnections;
  discovery(): Iterable<DiscoverySource>;
  /** Lines that the access log could not write. */
  droppedLogLines(): number;
}

/**
 * Makes the registry whose `metrics()` is the answer to a scrape.
 * @param isOpenMetrics in the form of OpenMetrics, with a trace as example for each bucket
 */
export function createMetrics(source: MetricsSource, isOpenMetrics = false): Registry {
  const registry: Registry = new Registry();
  if (isOpenMetrics) registry.setContentType(OPEN_METRICS);
  addRequests(registry, source);
  addTimes(registry, source);
  addMembers(registry, source);
  addQueue(registry, source);
  addConnections(registry, source);
  addTcp(registry, source);
  addDiscovery(registry, source);
  addLog(registry, source);
  addBuildInfo(registry, source.version);
  addProcess(registry);
  return registry;
}

/** prom-client's types know one form a registry. */
const OPEN_METRICS = Registry.OPENMETRICS_CONTENT_TYPE as unknown as PrometheusContentType;

const BACKEND = ['backend', 'service'] as const;

const STATES: Readonly<Record<EndpointState, true>> = {
  ready: true,
  checking: true,
  down: true,
  ejected: true,
  drain: true,
  maintenance: true,
};

function addRequests(registry: Registry, { traffic }: MetricsSource): void {
  /** All counts of requests with their labels; those that reached no backend have an empty one. */
  function* counts() {
    for (const [service, { requests }] of traffic.services)
      yield { backend: '', service, requests };
    for (const [backend, { service, requests }] of traffic.backends) {
      yield { backend, service, requests };
    }
  }
  const total = ['evenkeel_requests_total', 'Requests by last backend asked and status'] as const;
  counter(registry, total, ['backend', 'code', 'service'], (metric) => {
    for (const { backend, service, requests } of counts()) {
      for (const [status, count] of requests.byStatus.entries()) {
        if (count > 0) metric.inc({ backend, code: String(status), service }, count);
      }
    }
  });
  const errors = [
    'evenkeel_errors_total',
    "Requests that did not end with a backend's whole response, connections that did not end in order, by reason",
  ] as const;
  counter(registry, errors, ['service', 'reason'], (metric) => {
    for (const [service, traffics] of traffic.services) {
      for (const [reason, count] of traffics.errors) metric.inc({ service, reason }, count);
    }
  });
  for (const direction of ['request', 'response'] as const) {
    const about = [
      `evenkeel_${direction}_body_bytes_total`,
      `Bytes of the bodies of ${direction}s at the client's side, framing included`,
    ] as const;
    counter(registry, about, BACKEND, (metric) => {
      for (const { backend, service, requests } of counts()) {
        metric.inc({ backend, service }, requests[`${direction}BodyBytes`]);
      }
    });
  }
}

function addTimes(registry: Registry, { traffic }: MetricsSource): void {
  const duration = [
    'evenkeel_request_duration_seconds',
    "From the end of a request's head to the last byte of its response; sessions are not among them",
  ] as const;
  histogram(registry, duration, ['service'], () =>
    Array.from(traffic.services, ([service, { durations }]) => [{ service }, durations]),
  );
  const ofBackends = (pick: (traffic: BackendTraffic) => BackendTraffic['connect']) => () =>
    Array.from(
      traffic.backends,
      ([backend, counted]) => [{ backend, service: counted.service }, pick(counted)] as const,
    );
  const connect = [
    'evenkeel_backend_connect_seconds',
    'How long it took to connect to the backend',
  ] as const;
  histogram(
    registry,
    connect,
    BACKEND,
    ofBackends((counted) => counted.connect),
  );
  const firstByte = [
    'evenkeel_backend_first_byte_seconds',
    "From the start of an attempt to the head of the backend's response",
  ] as const;
  histogram(
    registry,
    firstByte,
    BACKEND,
    ofBackends((counted) => counted.firstByte),
  );
}

function addMembers(registry: Registry, { services, traffic }: MetricsSource): void {
  /** Present members with their labels. */
  function* members() {
    for (const { name: service, members } of services()) {
      for (const member of members) yield { member, labels: { backend: member.id, service } };
    }
  }
  const up = ['evenkeel_backend_up', '1 if the backend gets traffic, else 0'] as const;
  gauge(registry, up, BACKEND, (metric) => {
    for (const { member, labels } of members())
      metric.set(labels, member.state === 'ready' ? 1 : 0);
  });
  const states = ['evenkeel_backend_state', '1 for the state in which it is, else 0'] as const;
  gauge(registry, states, [...BACKEND, 'state'], (metric) => {
    for (const { member, labels } of members()) {
      for (const state of Object.keys(STATES)) {
        metric.set({ ...labels, state }, member.state === state ? 1 : 0);
      }
    }
  });
  const inFlight = ['evenkeel_backend_in_flight', 'Attempts running at the backend'] as const;
  gauge(registry, inFlight, BACKEND, (metric) => {
    for (const { member, labels } of members()) metric.inc(labels, member.inFlight);
    // One that has left may share its id with the one that took its place.
    for (const { name: service, departing } of services()) {
      for (const { id, inFlight } of departing) metric.inc({ backend: id, service }, inFlight);
    }
  });
  const retries = ['evenkeel_retries_total', 'Attempts that repeated an earlier one'] as const;
  counter(registry, retries, BACKEND, (metric) => {
    for (const { member, labels } of members()) metric.inc(labels, member.retries);
  });
  const ejections = ['evenkeel_ejections_total', 'Times that the backend was ejected'] as const;
  counter(registry, ejections, BACKEND, (metric) => {
    for (const { member, labels } of members()) metric.inc(labels, member.ejections);
  });
  const checks = ['evenkeel_health_checks_total', 'Finished health checks by result'] as const;
  counter(registry, checks, ['backend', 'result', 'service'], (metric) => {
    for (const [backend, { service, probesPassed, probesFailed }] of traffic.backends) {
      metric.inc({ backend, result: 'pass', service }, probesPassed);
      metric.inc({ backend, result: 'fail', service }, probesFailed);
    }
  });
}

function addQueue(registry: Registry, { services }: MetricsSource): void {
  const about = [
    'evenkeel_queue_length',
    'Requests that wait for a backend below its limit',
  ] as const;
  gauge(registry, about, ['service'], (metric) => {
    for (const { name: service, balancer } of services()) metric.inc({ service }, balancer.queued);
  });
}

function addConnections(registry: Registry, { traffic, connections }: MetricsSource): void {
  const open = ['evenkeel_connections_open', 'Open connections, by side'] as const;
  gauge(registry, open, ['side'], (metric) => {
    const { client, upstream } = connections();
    metric.set({ side: 'client' }, client);
    metric.set({ side: 'upstream' }, upstream);
  });
  const refused = [
    'evenkeel_connections_refused_total',
    'Client connections refused, by the limit that they met',
  ] as const;
  counter(registry, refused, ['limit'], (metric) => {
    for (const [limit, count] of Object.entries(traffic.refused)) metric.inc({ limit }, count);
  });
  const created = [
    'evenkeel_upstream_connections_created_total',
    'Connections opened to the backend',
  ] as const;
  counter(registry, created, BACKEND, (metric) => {
    for (const [backend, { service, connectionsCreated }] of traffic.backends) {
      metric.inc({ backend, service }, connectionsCreated);
    }
  });
}

function addTcp(registry: Registry, { traffic }: MetricsSource): void {
  function* counts() {
    for (const [service, { backends }] of traffic.tcp.services) {
      for (const [backend, counted] of backends) yield { backend, service, ...counted };
    }
  }
  const ended = [
    'evenkeel_tcp_connections_total',
    'Connections in mode tcp that have ended, by last backend dialled and by how they ended',
  ] as const;
  counter(registry, ended, ['backend', 'end', 'service'], (metric) => {
    for (const { backend, service, byEnd } of counts()) {
      for (const [end, count] of Object.entries(byEnd))
        metric.inc({ backend, end, service }, count);
    }
  });
  const bytes = [
    'evenkeel_tcp_bytes_total',
    'Bytes of ended connections in mode tcp: received from clients, sent to them',
  ] as const;
  counter(registry, bytes, ['backend', 'direction', 'service'], (metric) => {
    for (const { backend, service, receivedBytes, sentBytes } of counts()) {
      metric.inc({ backend, direction: 'received', service }, receivedBytes);
      metric.inc({ backend, direction: 'sent', service }, sentBytes);
    }
  });
  const duration = [
    'evenkeel_tcp_connection_duration_seconds',
    'How long connections in mode tcp lasted that have ended',
  ] as const;
  histogram(registry, duration, ['service'], () =>
    Array.from(traffic.tcp.services, ([service, { durations }]) => [{ service }, durations]),
  );
  const headers = [
    'evenkeel_proxy_headers_refused_total',
    'Client connections closed for their PROXY header, or for want of one',
  ] as const;
  counter(registry, headers, ['fault'], (metric) => {
    for (const [fault, count] of Object.entries(traffic.proxyHeaders)) metric.inc({ fault }, count);
  });
}

function addLog(registry: Registry, { droppedLogLines }: MetricsSource): void {
  const dropped = [
    'evenkeel_access_log_lines_dropped_total',
    'Lines of the access log that were not written: the file or reader was too slow or full',
  ] as const;
  counter(registry, dropped, [], (metric) => metric.inc(droppedLogLines()));
}
