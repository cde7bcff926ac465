/**
 * From the faults and actions as written to what happens at which backend and when: the same for every
 * strategy, simulated and live.
 */

import { type Random, seededRandom } from '@evenkeel/core';
import type { ActiveFault } from '../faults/fault-stack.ts';
import { endOfLoadMs } from './arrivals.ts';
import { expandFleet } from './fleet.ts';
import type { Scenario, Target } from './types.ts';

/** One fault at one backend; `index` is its place in the scenario's list. */
export interface ResolvedFault extends ActiveFault {
  /** Id of the backend. */
  readonly target: string;
  /** From the start of the load, warm-up included. */
  readonly startMs: number;
  /** Likewise; undefined: lasts until the end of the run. */
  readonly endMs: number | undefined;
}

/** A backend that an operator takes out or gives back. */
export interface ResolvedAction {
  /** Id of the backend. */
  readonly target: string;
  /** From the start of the load, warm-up included. */
  readonly atMs: number;
  readonly state: 'drain' | 'ready';
}

/** `count` of `ids`, drawn without repetition (Fisher and Yates, stopped early), in fleet order. */
function draw(ids: readonly string[], count: number, random: Random): string[] {
  const order = ids.map((_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + random.below(order.length - i);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  const drawn = order.slice(0, count).sort((a, b) => a - b);
  return drawn.map((i) => ids[i] as string);
}

function targets(target: Target, ids: readonly string[], random: Random): readonly string[] {
  if (target === 'all') return ids;
  if (target === 'one') return draw(ids, 1, random);
  if (typeof target === 'string') return [target];
  return draw(ids, Math.min(ids.length, Math.ceil((ids.length * target.percent) / 100)), random);
}

/**
 * Every fault of a scenario at every backend that it hits, by time of start. Each entry draws its
 * targets from a stream of its own, so that adding a fault moves no other. A fault that would begin after
 * the end of the load is left out (a shortened load), and one that would outlast it has no end.
 */
export function resolveFaults(
  scenario: Pick<Scenario, 'fleet' | 'faults' | 'load'>,
  seed: number,
): ResolvedFault[] {
  const ids = expandFleet(scenario).map((backend) => backend.id);
  const random = seededRandom(seed).fork('faults');
  const loadEndMs = endOfLoadMs(scenario.load);
  const resolved = scenario.faults.flatMap(({ atMs, forMs = Infinity, fault, target }, index) => {
    const startMs = scenario.load.warmupMs + atMs;
    const endMs = startMs + forMs < loadEndMs ? startMs + forMs : undefined;
    if (startMs >= loadEndMs) return [];
    const hit = targets(target, ids, random.fork(String(index)));
    return hit.map((id) => ({ index, fault, target: id, startMs, endMs }));
  });
  return resolved.sort((a, b) => a.startMs - b.startMs);
}

/** Every drain and return of a scenario at every backend, by time; targets are drawn as those of faults. */
export function resolveActions(
  scenario: Pick<Scenario, 'fleet' | 'actions' | 'load'>,
  seed: number,
): ResolvedAction[] {
  const ids = expandFleet(scenario).map((backend) => backend.id);
  const random = seededRandom(seed).fork('actions');
  const resolved = scenario.actions.flatMap((entry, i) => {
    if (!('target' in entry)) return [];
    const atMs = scenario.load.warmupMs + entry.atMs;
    const hit = targets(entry.target, ids, random.fork(String(i)));
    return hit.map((target) => ({ target, atMs, state: entry.action }));
  });
  return resolved.sort((a, b) => a.atMs - b.atMs);
}
