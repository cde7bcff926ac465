/** Mode http: CPU per request, throughput and p99 of small and large requests. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { load, SCENARIOS } from './load.ts';
import { startOnCore, usageOf } from './process.ts';
import { baseIn, SUBJECTS } from './subjects.ts';
import { CONNECTIONS, LOAD_CORE, type Run, type Suite, TICK_MS, WARM_UP_SECONDS } from './suite.ts';
import type { Column, Measurement } from './table.ts';

const COLUMNS: readonly Column[] = [
  { key: 'cpu', title: 'CPU µs/request', digits: 1, hasRange: true, isCompared: true },
  { key: 'rate', title: 'requests/s', digits: 0, isCompared: true },
  { key: 'p99', title: 'p99 ms', digits: 2, isCompared: true },
  { key: 'rss', title: 'RSS MiB', digits: 0, isCompared: false },
  { key: 'errors', title: 'errors', digits: 0, isCompared: false, total: 'sum' },
];

async function* measure({
  proxy,
  setting,
  seconds,
}: Run): AsyncGenerator<Omit<Measurement, 'subject' | 'round'>> {
  const { port, folder } = setting;
  const options = { core: LOAD_CORE, port, connections: CONNECTIONS, folder };
  for (const scenario of SCENARIOS) {
    await load(scenario, { ...options, seconds: WARM_UP_SECONDS });
    await sleep(TICK_MS);
    const before = usageOf(proxy.pid ?? 0);
    const result = await load(scenario, { ...options, seconds });
    await sleep(TICK_MS);
    const after = usageOf(proxy.pid ?? 0);
    yield {
      scenario: scenario.name,
      figures: {
        cpu: (after.cpuUs - before.cpuUs) / result.requests,
        rate: result.requests / (result.durationUs / 1e6),
        p99: result.p99Us / 1000,
        rss: after.rssBytes / 2 ** 20,
        errors: result.errors,
      },
    };
  }
}

export const HTTP: Suite = {
  tools: ['wrk'],
  subjects: SUBJECTS,
  reference: 'nginx',
  baseIn,
  backends: (ports) =>
    startOnCore(LOAD_CORE, [
      process.execPath,
      join(import.meta.dirname, 'backend.ts'),
      ...ports.map(String),
    ]),
  columns: () => COLUMNS,
  measure,
};
