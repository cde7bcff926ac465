/** What brings an ejected backend back, and what must not. */

import { describe, expect, it } from 'vitest';
import { loadScenario } from '../src/scenario/load.ts';
import { run, scenarioOf } from './support.ts';

const STRATEGIES = ['round-robin', 'least-connections', 'power-of-two'];

describe('one of three backends is frozen', () => {
  /** Requests that failed in 20 s with these checks. */
  function failedWith(health: object | 'off', strategy: string, seed: number): number {
    const { requests } = run(
      scenarioOf({
        seed,
        fleet: [
          {
            id: 'web',
            count: 3,
            concurrency: 20,
            queue: 200,
            service: { distribution: 'exponential', meanMs: 10 },
          },
        ],
        load: {
          kind: 'open',
          ratePerSecond: 100,
          warmupMs: 0,
          durationMs: 20_000,
          timeoutMs: 5000,
        },
        faults: [{ atMs: 1000, target: 'web-2', fault: { kind: 'freeze' } }],
        lb: { health, retries: 'off', timeouts: { responseHeadMs: 500 } },
      }),
      strategy,
    );
    return requests.sent - requests.ok;
  }

  it.each(STRATEGIES)('and %s loses no more with TCP checks than without checks', (strategy) => {
    const sum = (health: object | 'off'): number =>
      [1, 2, 3].reduce((failed, seed) => failed + failedWith(health, strategy, seed), 0);
    const without = sum('off');
    expect(without).toBeGreaterThan(0);
    for (const intervalMs of [200, 1000, 5000]) {
      // Chance decides how many are under way when it is ejected.
      expect(sum({ type: 'tcp', intervalMs })).toBeLessThanOrEqual(without + 3);
    }
  });
});

describe('every backend is killed and comes back', () => {
  it.each(['tcp', 'http'] as const)('and with %s checks none stays out', (type) => {
    const scenario = { ...loadScenario('all-die'), lb: { health: { type, intervalMs: 500 } } };
    const { events } = run(scenario, 'power-of-two');
    const last = new Map(events.map((event) => [event.endpoint, event]));
    for (const event of last.values()) {
      expect(event).toMatchObject({ to: 'ready' });
      expect(event.atMs).toBeLessThan(2500 + 1000);
    }
  });
});

describe('all backends die, and one of them returns', () => {
  it.each([2, 4])('and without checks %i backends are served by it at once', (count) => {
    const ids = Array.from({ length: count }, (_, i) => `web-${i + 1}`);
    for (const back of ids) {
      const { requests } = run(
        scenarioOf({
          fleet: [
            {
              id: 'web',
              count,
              concurrency: 50,
              queue: 200,
              service: { distribution: 'exponential', meanMs: 10 },
            },
          ],
          load: {
            kind: 'open',
            ratePerSecond: 100,
            warmupMs: 0,
            durationMs: 20_000,
            timeoutMs: 5000,
          },
          faults: ids.map((target) => ({
            atMs: 1000,
            target,
            fault: { kind: 'refuse' },
            ...(target === back ? { forMs: 1000 } : {}),
          })),
          lb: { health: 'off' },
        }),
        'round-robin',
      );
      // What came in the second without any, and the round after it.
      expect(requests.sent - requests.ok).toBeLessThan(130);
    }
  });
});
