/**
 * The counters as Prometheus text. Everything is read at the time of the scrape; prom-client names,
 * labels and formats it. Of the process itself only what costs nothing between scrapes is shown:
 * prom-client's own set keeps an event-loop monitor and a GC observer running.
 */

import type { Member } from '@evenkeel/core';
import { Histogram, Registry } from 'prom-client';
import type { DiscoverySource } from '../discovery/source.ts';
import type { OpenConnections } from '../front.ts';
import { addDiscovery } from './discovery.ts';
import { counter, gauge } from './fill.ts';
import { DURATION_EDGES_S, type Traffic } from './traffic.ts';

/** Where the figures are read. */
export interface MetricsSource {
  readonly traffic: Traffic;
  members(): Iterable<Member>;
  /** Those that have left and still run something. */
  departing(): Iterable<Member>;
  connections(): OpenConnections;
  discovery(): Iterable<DiscoverySource>;
  /** Lines that the access log could not write. */
  droppedLogLines(): number;
}

/** Makes the registry whose `metrics()` is the answer to a scrape. */
export function createMetrics(source: MetricsSource): Registry {
  const registry = new Registry();
  addRequests(registry, source);
  addMembers(registry, source);
  addConnections(registry, source);
  addDiscovery(registry, source);
  addLog(registry, source);
  addProcess(registry);
  return registry;
}

function addRequests(registry: Registry, { traffic }: MetricsSource): void {
  const requests = [
    'evenkeel_requests_total',
    'Requests by last backend asked and status',
  ] as const;
  counter(registry, requests, ['backend', 'code'], (metric) => {
    for (const [backend, { byStatus }] of traffic.backends) {
      for (const [status, count] of byStatus.entries()) {
        if (count > 0) metric.inc({ backend, code: String(status) }, count);
      }
    }
  });
  registry.registerMetric(new DurationHistogram(traffic));
  const checks = ['evenkeel_health_checks_total', 'Finished health checks by result'] as const;
  counter(registry, checks, ['backend', 'result'], (metric) => {
    for (const [backend, { probesPassed, probesFailed }] of traffic.backends) {
      if (backend === '') continue;
      metric.inc({ backend, result: 'pass' }, probesPassed);
      metric.inc({ backend, result: 'fail' }, probesFailed);
    }
  });
}

const DURATION = {
  name: 'evenkeel_request_duration_seconds',
  help: "From the end of a request's head to the last byte of its response",
} as const;

/** One line of a histogram. */
interface Sample {
  readonly labels: { readonly le?: number | string };
  readonly value: number;
  readonly metricName: string;
}

/** A histogram whose buckets were counted elsewhere. */
class DurationHistogram extends Histogram {
  readonly #traffic: Traffic;

  constructor(traffic: Traffic) {
    super({ ...DURATION, buckets: [...DURATION_EDGES_S], registers: [] });
    this.#traffic = traffic;
  }

  /** What prom-client asks histograms for; its typings leave it out. */
  async getForPromString(): Promise<Record<string, unknown>> {
    const { durations, durationSumMs } = this.#traffic;
    const { name } = DURATION;
    const values: Sample[] = [];
    let count = 0;
    for (const [index, le] of [...DURATION_EDGES_S, '+Inf'].entries()) {
      count += durations[index] ?? 0;
      values.push({ labels: { le }, value: count, metricName: `${name}_bucket` });
    }
    values.push({ labels: {}, value: durationSumMs / 1000, metricName: `${name}_sum` });
    values.push({ labels: {}, value: count, metricName: `${name}_count` });
    return { ...DURATION, type: 'histogram', values, aggregator: 'sum' };
  }
}

function addMembers(registry: Registry, { members, departing }: MetricsSource): void {
  const labels = ['backend'] as const;
  const up = ['evenkeel_backend_up', '1 if the backend gets traffic, else 0'] as const;
  gauge(registry, up, labels, (metric) => {
    for (const member of members()) {
      metric.set({ backend: member.id }, member.state === 'ready' ? 1 : 0);
    }
  });
  const inFlight = ['evenkeel_backend_in_flight', 'Attempts running at the backend'] as const;
  gauge(registry, inFlight, labels, (metric) => {
    for (const member of members()) metric.inc({ backend: member.id }, member.inFlight);
    // One that has left may share its id with the one that took its place.
    for (const member of departing()) metric.inc({ backend: member.id }, member.inFlight);
  });
  const retries = ['evenkeel_retries_total', 'Attempts that repeated an earlier one'] as const;
  counter(registry, retries, labels, (metric) => {
    for (const member of members()) metric.inc({ backend: member.id }, member.retries);
  });
  const ejections = ['evenkeel_ejections_total', 'Times that the backend was ejected'] as const;
  counter(registry, ejections, labels, (metric) => {
    for (const member of members()) metric.inc({ backend: member.id }, member.ejections);
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
  counter(registry, created, ['backend'], (metric) => {
    for (const [backend, { connectionsCreated }] of traffic.backends) {
      if (backend !== '') metric.inc({ backend }, connectionsCreated);
    }
  });
}

function addLog(registry: Registry, { droppedLogLines }: MetricsSource): void {
  const dropped = [
    'evenkeel_access_log_lines_dropped_total',
    'Lines of the access log that were not written: the file or reader was too slow or full',
  ] as const;
  counter(registry, dropped, [], (metric) => metric.inc(droppedLogLines()));
}

function addProcess(registry: Registry): void {
  const cpu = ['process_cpu_seconds_total', 'User and system time of the process'] as const;
  counter(registry, cpu, [], (metric) => {
    const { user, system } = process.cpuUsage();
    metric.inc((user + system) / 1e6);
  });
  const resident = ['process_resident_memory_bytes', 'Resident memory of the process'] as const;
  gauge(registry, resident, [], (metric) => metric.set(process.memoryUsage.rss()));
  const heap = ['nodejs_heap_size_used_bytes', 'Heap in use'] as const;
  gauge(registry, heap, [], (metric) => metric.set(process.memoryUsage().heapUsed));
  const started = ['process_start_time_seconds', 'Start of the process, Unix time'] as const;
  gauge(registry, started, [], (metric) => metric.set(performance.timeOrigin / 1000));
}
