/** Textbook models and key placements, as pictures need them. */

import type { Endpoint, StrategyFactory } from '@evenkeel/core';
import { type FakeEndpoint, FakeFleet, requestWith } from '@evenkeel/core/testing';
import { run } from './runs.ts';

const SERVICE_MS = 10;

/** Mean response time of M/M/20 with a dispatcher, in service times. */
export function meanResponse(load: number, factory: StrategyFactory): number {
  const text = {
    fleet: [
      {
        id: 's',
        count: 20,
        concurrency: 1,
        queue: 1e9,
        service: { distribution: 'exponential', meanMs: SERVICE_MS },
      },
    ],
    load: { kind: 'open', fraction: load, warmupMs: 3_000, durationMs: 60_000, timeoutMs: 600_000 },
    lb: { health: 'off', passive: 'off', retries: 'off' },
  };
  return run(text, factory).response.meanMs / SERVICE_MS;
}

/** The hash of the key modulo the number of candidates. */
export const modulo: StrategyFactory = () => ({
  pick: (candidates, { hash }) => candidates[hash % candidates.length] as Endpoint,
});

const KEYS = 2_000;

/** Percent of keys that have another owner after one of `n` endpoints has left. */
export function movedPercent(factory: StrategyFactory, n: number): number {
  const fleet = new FakeFleet(factory, 1, Array(n).fill(1));
  const owner = (key: number): string => {
    const attempt = fleet.start(requestWith(Math.imul(key + 1, 0x9e3779b1) >>> 0));
    fleet.settle(attempt);
    return attempt.endpoint.id;
  };
  const keys = Array.from({ length: KEYS }, (_, key) => key);
  const before = keys.map(owner);
  fleet.remove(fleet.members[3] as FakeEndpoint);
  const moved = keys.filter((key) => owner(key) !== before[key]).length;
  return (100 * moved) / KEYS;
}
