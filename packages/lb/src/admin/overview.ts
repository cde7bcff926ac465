/** `GET /status`: everything that the status page shows, as of one moment. */

import type { Mode } from '@evenkeel/config';
import type { BackendStatus } from '../backends.ts';
import type { DiscoveryStatus } from '../discovery/discovery.ts';
import type { Services } from '../services.ts';
import { type LastMinute, SLICE_MS, type Slices } from './last-minute.ts';

/** A service with its backends. */
interface ServiceOverview {
  readonly name: string;
  /** In `tcp` its requests are connections. */
  readonly mode: Mode;
  readonly strategy: string;
  /** Requests that wait for a backend below its limit. */
  readonly queued: number;
  readonly backends: readonly (BackendStatus & { readonly lastMinute: Slices })[];
}

export interface Overview {
  /** As `GET /readyz`. */
  readonly ready: boolean;
  readonly ending: boolean;
  /** Where clients connect, as URLs. */
  readonly listening: readonly string[];
  /** The length of a slice of `lastMinute`, in milliseconds. */
  readonly sliceMs: number;
  readonly services: readonly ServiceOverview[];
  readonly discovery: readonly DiscoveryStatus[];
}

interface OverviewSource {
  readonly services: Services;
  readonly discovery: () => readonly DiscoveryStatus[];
  readonly isEnding: () => boolean;
  readonly listening: () => readonly string[];
  readonly lastMinute: LastMinute;
}

export function overviewOf({
  services,
  discovery,
  isEnding,
  listening,
  lastMinute,
}: OverviewSource): Overview {
  const byService = Map.groupBy(services.statuses, ({ service }) => service);
  return {
    ready: services.isReady && !isEnding(),
    ending: isEnding(),
    listening: listening(),
    sliceMs: SLICE_MS,
    services: services.all.map(({ name, config, strategy, balancer }) => ({
      name,
      mode: config.mode,
      strategy: strategy.name,
      queued: balancer.queued,
      backends: (byService.get(name) ?? []).map((backend) => ({
        ...backend,
        lastMinute: lastMinute.of(backend),
      })),
    })),
    discovery: discovery(),
  };
}
