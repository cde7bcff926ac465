/** From the fleet as written to its backends, their speed and the rate asked of them. */

import {
  bimodal,
  constant,
  type Distribution,
  empirical,
  exponential,
  hyperexponential,
  lognormal,
  pareto,
} from '@evenkeel/core';
import type { Backend, FleetEntry, OpenLoad, Scenario, ServiceSpec } from './types.ts';

/** The ids of one entry's backends. */
export function backendIds(entry: Pick<FleetEntry, 'id' | 'count'>): string[] {
  if (entry.count === 1) return [entry.id];
  return Array.from({ length: entry.count }, (_, i) => `${entry.id}-${i + 1}`);
}

/** The backends of a scenario, in the order of the file. */
export function expandFleet(scenario: Pick<Scenario, 'fleet'>): Backend[] {
  const backends: Backend[] = [];
  for (const { count, ...entry } of scenario.fleet) {
    for (const id of backendIds({ id: entry.id, count })) {
      backends.push({ ...entry, id, index: backends.length });
    }
  }
  return backends;
}

/** The service time of a backend, in milliseconds. */
export function distributionOf(service: ServiceSpec): Distribution {
  switch (service.distribution) {
    case 'constant':
      return constant(service.meanMs);
    case 'exponential':
      return exponential(service.meanMs);
    case 'lognormal':
      return lognormal(service.meanMs, service.sigma);
    case 'pareto':
      return pareto(service.meanMs, service.shape);
    case 'hyperexponential':
      return hyperexponential(service.meanMs, service.cv);
    case 'bimodal':
      return bimodal(service.fastMs, service.slowMs, service.slowShare);
    case 'empirical':
      return empirical(service.samplesMs);
  }
}

/** Requests per second that the whole fleet can serve: Σ concurrency / mean service time. */
export function capacityPerSecond(scenario: Pick<Scenario, 'fleet'>): number {
  let capacity = 0;
  for (const entry of scenario.fleet) {
    capacity += (entry.count * entry.concurrency * 1000) / distributionOf(entry.service).mean;
  }
  return capacity;
}

/** The mean arrival rate of an open load, whichever way it was written. */
export function ratePerSecond(scenario: Pick<Scenario, 'fleet'> & { load: OpenLoad }): number {
  const { ratePerSecond: rate, fraction } = scenario.load;
  if (rate !== undefined) return rate;
  return (fraction ?? 0) * capacityPerSecond(scenario);
}
