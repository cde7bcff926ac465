/** What was changed in backends that stay, in words for the event log: weights, limits, priorities. */

import type { Service } from './service.ts';

const SETTINGS = ['weight', 'maxConnections', 'priority'] as const;

type Settings = Readonly<Record<(typeof SETTINGS)[number], number>>;

/** The settings of all backends, by service and id. */
export type SettingsBefore = ReadonlyMap<Service, ReadonlyMap<string, Settings>>;

export function settingsOf(services: readonly Service[]): SettingsBefore {
  return new Map(services.map((service) => [service, ofService(service)]));
}

/** One backend that was changed. */
export interface BackendChange {
  readonly service: string;
  readonly endpoint: string;
  /** `weight 1 → 5, priority 0 → 1`. */
  readonly reason: string;
}

/** What is different now; backends that came or went are no change of this kind. */
export function* changesSince(before: SettingsBefore): Generator<BackendChange> {
  for (const [service, settings] of before) {
    for (const [endpoint, now] of ofService(service)) {
      const then = settings.get(endpoint) ?? now;
      const changed = SETTINGS.filter((name) => then[name] !== now[name]);
      if (changed.length === 0) continue;
      const reason = changed.map((name) => `${name} ${then[name]} → ${now[name]}`).join(', ');
      yield { service: service.name, endpoint, reason };
    }
  }
}

function ofService({ pool, membership }: Service): ReadonlyMap<string, Settings> {
  return new Map(
    pool.members.map(({ id, weight, maxConnections, priority }) => {
      // A weight of 0 is the operator's, and none of the pool's.
      const set = membership.overridesOf(id).weight ?? weight;
      return [id, { weight: set, maxConnections, priority }];
    }),
  );
}
