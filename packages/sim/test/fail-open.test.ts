/** Health pages that are wrong about most of a fleet: what fail-open saves, and what it never does. */

import { strategies } from '@evenkeel/core';
import { type BalancerEvent, loadScenario, type Scenario } from '@evenkeel/sim';
import { describe, expect, it } from 'vitest';
import { run } from './support.ts';

const scenario = loadScenario('wrong-health-pages');
const trusting: Scenario = { ...scenario, lb: { ...scenario.lb, panicPercent: 0 } };

/** Attempts at backends that the last event before them had called down. */
function toKnownDead(of: Scenario, strategy: string): number {
  const states = new Map<string, BalancerEvent['to']>();
  let count = 0;
  const ignore = (): void => {};
  run(of, strategy, {
    observer: {
      sent: ignore,
      attempt: (_at, _job, _request, backend) => {
        if (states.get(backend) === 'down') count += 1;
      },
      serving: ignore,
      worked: ignore,
      head: ignore,
      attemptEnded: ignore,
      finished: ignore,
      stopped: ignore,
      fault: ignore,
      action: ignore,
      pool: ({ endpoint, to }) => void states.set(endpoint, to),
    },
  });
  return count;
}

describe('three of four health pages are wrong', () => {
  it('a balancer that believes them overruns the fourth', () => {
    const { requests, events } = run(trusting);
    expect(requests.ok / requests.sent).toBeLessThan(0.9);
    expect(events.some(({ reason }) => reason.startsWith('fail-open'))).toBe(false);
  });

  it.each(['round-robin', 'power-of-two', 'ring-hash'])('with fail-open %s serves on', (name) => {
    const { requests, events } = run(scenario, name);
    expect(requests.ok / requests.sent).toBeGreaterThan(0.999);
    expect(events.some(({ to, reason }) => to === 'ready' && reason.startsWith('fail-open'))).toBe(
      true,
    );
    // At the end each is ready by its own checks.
    const last = new Map(events.map(({ endpoint, reason }) => [endpoint, reason]));
    expect([...last.values()].every((reason) => reason === 'probe passed')).toBe(true);
  });

  it.each(strategies.map(({ name }) => name))('%s sends nothing to a known dead', (name) => {
    expect(toKnownDead(scenario, name)).toBe(0);
  });
});
