/** What discovery found, how it was asked, and since when it is without a good answer. */

import type { Registry } from 'prom-client';
import { FAILURE_KINDS } from '../discovery/finder.ts';
import type { DiscoverySource } from '../discovery/source.ts';
import { counter, gauge } from './fill.ts';

const LABELS = ['service', 'source'] as const;

/** Registers the metrics of the sources. */
export function addDiscovery(
  registry: Registry,
  { discovery }: { discovery(): Iterable<DiscoverySource> },
): void {
  const asked = [
    'evenkeel_discovery_refreshes_total',
    'Times that a source was asked, by how that ended: ok, or why the last good answer was kept',
  ] as const;
  counter(registry, asked, [...LABELS, 'result'], (metric) => {
    for (const source of discovery()) {
      for (const result of ['ok', ...FAILURE_KINDS] as const) {
        metric.inc({ ...labelsOf(source), result }, source.counts.get(result) ?? 0);
      }
    }
  });
  const up = ['evenkeel_discovery_up', '1 if the last answer of the source was good'] as const;
  gauge(registry, up, LABELS, (metric) => {
    for (const source of discovery()) metric.set(labelsOf(source), source.result === 'ok' ? 1 : 0);
  });
  const backends = ['evenkeel_discovery_backends', 'Backends of the answer in force'] as const;
  gauge(registry, backends, LABELS, (metric) => {
    for (const source of discovery()) metric.set(labelsOf(source), source.backends.length);
  });
}

function labelsOf({ service, url }: DiscoverySource): { service: string; source: string } {
  return { service, source: url };
}
