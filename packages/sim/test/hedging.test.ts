/** A second try beside a slow first one: what it buys, what it costs, and where its limits are. */

import { loadScenario, type Scenario } from '@evenkeel/sim';
import { describe, expect, it } from 'vitest';
import { run } from './support.ts';

const hedged = loadScenario('hedging');
const plain: Scenario = { ...hedged, lb: { ...hedged.lb, retries: {} } };
const amplification = ({ attempts, requests }: { attempts: number; requests: { sent: number } }) =>
  attempts / requests.sent;

describe('one backend of eight is slow for a fifth of its requests', () => {
  it.each(['round-robin', 'random', 'ring-hash'])(
    'with %s the p99 falls to half or less',
    (name) => {
      const [without, with_] = [run(plain, name), run(hedged, name)];
      expect(with_.response.quantileMs(0.99)).toBeLessThan(without.response.quantileMs(0.99) / 2);
      expect(with_.requests.ok).toBe(with_.requests.sent);
    },
  );

  it('costs an attempt more for about one request in twenty', () => {
    const cost = amplification(run(hedged)) - amplification(run(plain));
    expect(cost).toBeGreaterThan(0.02);
    expect(cost).toBeLessThan(0.08);
  });
});

it('a request that is not idempotent is never sent twice', () => {
  const result = run({ ...hedged, load: { ...hedged.load, postShare: 1 } });
  expect(result.attempts).toBe(result.requests.sent);
});

it('where all are overloaded the budget for retries bounds the second tries', () => {
  const lb = { ...hedged.lb, retries: { hedge: { percentile: 50 }, budget: { ratio: 0.1 } } };
  const load = { ...hedged.load, ratePerSecond: 4400 };
  const result = run({ ...hedged, lb, load });
  // 10 a second are free.
  const seconds = (load.durationMs + load.warmupMs) / 1000 + 10;
  const most = 0.1 * result.requests.sent * (seconds / 8) + 10 * seconds;
  expect(result.attempts - result.requests.sent).toBeLessThan(most);
  expect(result.attempts).toBeGreaterThan(result.requests.sent);
});

it('one seed is one run, second tries included', () => {
  expect(run(hedged).traceHash).toBe(run(hedged).traceHash);
});
