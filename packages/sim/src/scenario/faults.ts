/** From the faults as written to who is hit when: the same for every strategy and in every world. */

import { type Random, seededRandom } from '@evenkeel/core';
import { expandFleet } from './fleet.ts';
import type { Fault, Scenario, Target } from './types.ts';

/** One fault at one backend. */
export interface ResolvedFault {
  readonly fault: Fault;
  /** Id of the backend. */
  readonly target: string;
  /** From the start of the load, warm-up included. */
  readonly startMs: number;
  /** Likewise; undefined: lasts until the end of the run. */
  readonly endMs: number | undefined;
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
 * targets from a stream of its own, so that adding a fault moves no other.
 */
export function resolveFaults(
  scenario: Pick<Scenario, 'fleet' | 'faults' | 'load'>,
  seed: number,
): ResolvedFault[] {
  const ids = expandFleet(scenario).map((backend) => backend.id);
  const random = seededRandom(seed).fork('faults');
  const resolved = scenario.faults.flatMap((entry, i) => {
    const startMs = scenario.load.warmupMs + entry.atMs;
    const endMs = entry.forMs === undefined ? undefined : startMs + entry.forMs;
    return targets(entry.target, ids, random.fork(String(i))).map((target) => ({
      fault: entry.fault,
      target,
      startMs,
      endMs,
    }));
  });
  return resolved.sort((a, b) => a.startMs - b.startMs);
}
