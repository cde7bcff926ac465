/** Metrics of the process itself. */

import { readdir } from 'node:fs/promises';
import { type ELDHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import { counter, gauge } from './fill.ts';

/** How often the event loop is looked at: often enough to see a stall, too seldom to cost anything. */
const LOOP_LOOK_MS = 20;
const NANOSECONDS = 1e9;

/** Which version runs, on which Node. */
export function addBuildInfo(registry: Registry, version: string): void {
  const about = ['evenkeel_build_info', 'Always 1; the labels say what runs'] as const;
  gauge(registry, about, ['version', 'node'], (metric) => {
    metric.set({ version, node: process.versions.node }, 1);
  });
}

export function addProcess(registry: Registry): void {
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
  const descriptors = ['process_open_fds', 'Open file descriptors (Linux)'] as const;
  gauge(registry, descriptors, [], async (metric) => {
    const open = await readdir('/proc/self/fd').catch(() => undefined);
    if (open !== undefined) metric.set(open.length);
  });
  addLoop(registry);
}

/** There is one event loop, however many balancers run on it. It is looked at from the first scrape on. */
let loopDelay: ELDHistogram | undefined;

function loopDelaySinceLastScrape(): ELDHistogram {
  loopDelay ??= monitorEventLoopDelay({ resolution: LOOP_LOOK_MS });
  loopDelay.enable();
  return loopDelay;
}

function addLoop(registry: Registry): void {
  const usual = [
    'nodejs_eventloop_lag_p99_seconds',
    'How late the event loop was since the last scrape, 99th percentile',
  ] as const;
  gauge(registry, usual, [], (metric) => {
    const delay = loopDelaySinceLastScrape();
    metric.set(lagSeconds(delay, delay.percentile(99)));
  });
  const most = [
    'nodejs_eventloop_lag_max_seconds',
    'How late the event loop was at most since the last scrape',
  ] as const;
  gauge(registry, most, [], (metric) => {
    const delay = loopDelaySinceLastScrape();
    metric.set(lagSeconds(delay, delay.max));
    delay.reset();
  });
}

/** What is recorded is the time between two looks. */
function lagSeconds({ count }: ELDHistogram, between: number): number {
  return count === 0 ? 0 : Math.max(0, between / NANOSECONDS - LOOP_LOOK_MS / 1000);
}
