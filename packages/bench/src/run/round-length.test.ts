import { samplesNeeded } from '@evenkeel/report';
import { loadScenario, planArrivals, type Scenario } from '@evenkeel/sim';
import { describe, expect, it } from 'vitest';
import { roundLengthMs } from './round-length.ts';

/** Requests of a round of that length, after half a second that is discarded. */
function requestsIn(scenario: Scenario, durationMs: number, seed: number): number {
  const load = { ...scenario.load, warmupMs: 500, durationMs };
  return [...planArrivals({ ...scenario, load }, seed)].filter(({ atMs }) => atMs >= 500).length;
}

describe('the length of a round', () => {
  it.each(['uniform', 'one-slow', 'heavy-tail', 'bursty', 'heterogeneous', 'hot-keys'])(
    'gives %s the samples of a p99 in nearly every round',
    (name) => {
      const scenario = loadScenario(name);
      for (const roundMs of [1_500, 2_000]) {
        const durationMs = roundLengthMs(scenario, roundMs, 'p99');
        const counts = Array.from({ length: 20 }, (_, seed) =>
          requestsIn(scenario, durationMs, seed),
        );
        const enough = counts.filter((count) => count >= samplesNeeded(0.99)).length;
        expect(enough).toBeGreaterThanOrEqual(18);
      }
    },
  );

  it('is at most the longest allowed, and not shorter than asked for', () => {
    const scenario = loadScenario('uniform');
    const load = { ...scenario.load, ratePerSecond: 5, fraction: undefined } as Scenario['load'];
    expect(roundLengthMs({ ...scenario, load }, 2_000, 'p99')).toBe(10_000);
    expect(roundLengthMs({ ...scenario, load }, 20_000, 'p99')).toBe(20_000);
    expect(roundLengthMs(loadScenario('saturation'), 2_000, 'throughput')).toBe(2_000);
  });
});
