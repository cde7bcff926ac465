/**
 * A scenario made fit for laying the simulator beside it: in slow motion, so that a timer's error is
 * small beside a service; with few slots, so that queueing matters; and at a load told by its busiest
 * backend, so that it says how hard the case is.
 */

import { distributionOf, expandFleet, type Scenario, type ServiceSpec } from '@evenkeel/sim';
import { UsageError } from '../usage.ts';
import { isEpisode } from './episode.ts';

/** Loads of the busiest backend, were requests split evenly. */
const LOADS = [0.5, 0.75];
const MEAN_MIN_MS = 50;
const CONCURRENCY_MAX = 2;

/** One scenario per load, each as long as it takes to send `requests`. */
export function inSlowMotion(scenario: Scenario, requests: number): Scenario[] {
  const { name, title, fleet, load } = scenario;
  if (load.kind !== 'open' || isEpisode(scenario)) {
    throw new UsageError(
      `--compare-sim: expected open scenarios without actions and without faults, got ${name}`,
    );
  }
  const fastest = Math.min(...fleet.map(({ service }) => distributionOf(service).mean));
  const factor = Math.max(1, MEAN_MIN_MS / fastest);
  const slowed = fleet.map((entry) => ({
    ...entry,
    concurrency: Math.min(entry.concurrency, CONCURRENCY_MAX),
    service: stretched(entry.service, factor),
  }));
  const rates = expandFleet({ fleet: slowed }).map(
    ({ concurrency, service }) => (1000 * concurrency) / distributionOf(service).mean,
  );
  const { fraction: _, ...rest } = load;
  return LOADS.map((busiest) => {
    const ratePerSecond = busiest * rates.length * Math.min(...rates);
    const durationMs = Math.ceil((requests / ratePerSecond) * 1000);
    const timeoutMs = load.timeoutMs * factor;
    return {
      ...scenario,
      name: `${name}-at-${busiest}`,
      title: `${title}, in slow motion, the busiest at ${busiest}`,
      fleet: slowed,
      // They were meant for the scenario at its own speed.
      objectives: {},
      load: { ...rest, ratePerSecond, durationMs, timeoutMs },
    };
  });
}

function stretched(service: ServiceSpec, factor: number): ServiceSpec {
  if (service.distribution === 'bimodal') {
    const { fastMs, slowMs } = service;
    return { ...service, fastMs: fastMs * factor, slowMs: slowMs * factor };
  }
  if (service.distribution === 'empirical') {
    return { ...service, samplesMs: service.samplesMs.map((ms) => ms * factor) };
  }
  return { ...service, meanMs: service.meanMs * factor };
}
