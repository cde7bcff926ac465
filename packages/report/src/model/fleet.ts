/** What a scenario's fleet and load come to, in words. */

import type { FleetGroup, ScenarioSummary } from '../results.ts';
import { byName, percent, rate, words } from './format.ts';

/** `3 × fast (20 at a time, exponential, mean 20 ms)` */
export function fleetWords({ count, id, concurrency, service, weight = 1 }: FleetGroup): string {
  const weighted = weight === 1 ? '' : `, weight ${weight}`;
  return `${count} × ${id} (${concurrency} at a time, ${serviceWords(service)}${weighted})`;
}

/** `exponential, mean 20 ms` */
function serviceWords({ distribution, ...others }: FleetGroup['service']): string {
  const named = typeof distribution === 'string' ? [distribution] : [];
  return [...named, recordWords(others)].filter((part) => part !== '').join(', ');
}

/** `kind open, arrivals poisson, rate 600/s, keys (count 1,000, zipf 1)`; what is 0 is not there. */
export function recordWords(record: Readonly<Record<string, unknown>>): string {
  return Object.entries(record)
    .filter(([, value]) => value !== undefined && value !== 0)
    .map(([key, value]) => {
      if (typeof value === 'number') return `${words(key)} ${byName(key, value)}`;
      if (isRecord(value) && Object.keys(value).join() === 'kind') {
        return `${words(key)} ${String(value.kind)}`;
      }
      if (isRecord(value)) return `${words(key)} (${recordWords(value)})`;
      return `${words(key)} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
    })
    .join(', ');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Requests per second that the whole fleet can serve: Σ count · concurrency / mean; null where a mean is not known. */
export function capacityPerSecond(fleet: readonly FleetGroup[]): number | null {
  let total = 0;
  for (const { count, concurrency, service } of fleet) {
    const { meanMs } = service;
    if (typeof meanMs !== 'number' || !(meanMs > 0)) return null;
    total += (count * concurrency * 1000) / meanMs;
  }
  return total > 0 ? total : null;
}

/** `900/s, 28 % of what the fleet can serve`, `64 connections that never rest`; null where neither is known. */
export function loadWords({ fleet, load }: Pick<ScenarioSummary, 'fleet' | 'load'>): string | null {
  const { kind, connections, ratePerSecond, fraction } = load;
  if (kind === 'closed') {
    return typeof connections === 'number' ? `${connections} connections that never rest` : null;
  }
  const capacity = capacityPerSecond(fleet);
  if (typeof ratePerSecond === 'number') {
    const share =
      capacity === null
        ? ''
        : `, ${percent(ratePerSecond / capacity, 0)} of what the fleet can serve`;
    return `${rate(ratePerSecond)}${share}`;
  }
  if (typeof fraction !== 'number') return null;
  const own = capacity === null ? '' : `${rate(Math.round(fraction * capacity))}, `;
  return `${own}${percent(fraction, 0)} of what the fleet can serve`;
}
