/** What an arm balances over: the fleet of a scenario, null backends, or backends of the user's own. */

import { type Fleet, startFleet } from '@evenkeel/backends';
import { expandFleet, type Scenario } from '@evenkeel/sim';
import type { Target } from '../subjects/subject.ts';
import { startNullBackends } from './null-backends.ts';

/** Running backends. */
export interface Backing {
  readonly targets: readonly Target[];
  /** Null where they are none of ours: then there are no faults and no journals. */
  readonly fleet: Fleet | null;
  stop(): Promise<void>;
}

/** Before anything has started. */
export const NOTHING: Backing = { targets: [], fleet: null, stop: async () => {} };

/** Which backends are wanted. */
export interface BackingOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly realBackends?: readonly string[] | undefined;
  readonly isFleetNull?: boolean;
}

/** `logDir`: where the fleet keeps its journals. */
export async function startBacking(
  { scenario, seed, realBackends, isFleetNull = false }: BackingOptions,
  logDir: string,
): Promise<Backing> {
  if (realBackends !== undefined) {
    const targets = realBackends.map((url, i) => ({ id: `b${i + 1}`, url, weight: 1 }));
    return { ...NOTHING, targets };
  }
  const backends = expandFleet(scenario);
  const targetsAt = (urls: readonly string[]): Target[] =>
    backends.map(({ id, weight }, i) => ({ id, url: urls[i] ?? '', weight }));
  if (isFleetNull) {
    const running = await startNullBackends(backends.map(({ id }) => id));
    const stop = async (): Promise<void> => running[Symbol.asyncDispose]();
    return { targets: targetsAt(running.urls), fleet: null, stop };
  }
  const fleet = await startFleet({ backends, seed, logDir });
  return { targets: targetsAt(fleet.urls), fleet, stop: () => fleet.stop() };
}
