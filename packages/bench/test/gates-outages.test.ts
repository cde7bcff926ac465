/** Silence, overload and the death of everyone, by count. */

import { describe, expect, it } from 'vitest';
import { failures, scenarioWith, underChaos } from './support/gate.ts';

const SLOW = { distribution: 'exponential', meanMs: 40 };

describe('outages', () => {
  it('a blackholed backend costs no request its answer, and is left alone once it is found out', async () => {
    const faults = [{ atMs: 1000, target: 'web-2', fault: { kind: 'blackhole' }, forMs: 2500 }];
    const { run, suspects } = await underChaos(
      scenarioWith('blackhole', { load: { durationMs: 5500 }, faults }),
    );
    expect(failures(run)).toEqual({});
    expect(suspects.lost).toEqual([]);
    expect(run.recoverMs).not.toBeNull();
    // Once ejected it gets nothing: the worst of the last windows of the fault is as without it.
    const late = run.timeline.filter(({ tMs }) => tMs >= 2500 && tMs < 3500);
    for (const { n, ok } of late) expect(ok).toBe(n);
  });

  it('when all are down every request is answered at once, and service returns with them', async () => {
    const { run, suspects } = await underChaos(
      scenarioWith('all-die', { load: { durationMs: 6000 } }),
    );
    const { status5xx, truncated: _, reset: __, ...others } = failures(run);
    expect(others).toEqual({});
    expect(status5xx).toBeGreaterThan(100);
    expect(suspects).toMatchObject({ lost: [], servedTwice: [], toKnownDead: [] });
    expect(run.recoverMs).not.toBeNull();
    const last = run.timeline.at(-1);
    expect(last?.ok).toBe(last?.n);
  });

  it('retries stay below the budget whatever the fleet does', async () => {
    const faults = [{ atMs: 0, target: 'all', fault: { kind: 'error', status: 503, rate: 0.9 } }];
    const lb = { health: 'off', passive: 'off', retries: { on: ['status'] } };
    const load = { warmupMs: 0, durationMs: 4000 };
    const { run } = await underChaos(scenarioWith('uniform', { load, faults, lb }));
    const seconds = 4;
    // Each first attempt deposits 0.2, and 10 per second are free; unbounded it would be near 1.7 each.
    const allowed = 0.2 * run.requests.sent + 10 * (seconds + 1);
    expect(run.retries).toBeGreaterThan(0);
    expect(run.retries).toBeLessThanOrEqual(allowed);
  });

  it('goodput returns after an overload has ended', async () => {
    const fleet = [{ id: 'web', count: 4, concurrency: 2, queue: 10, service: SLOW }];
    const faults = [{ atMs: 1000, target: 'web-1', fault: { kind: 'kill' }, forMs: 2000 }];
    const load = { durationMs: 7000 };
    const scenario = scenarioWith('cascading-overload', { fleet, faults, load });
    const { run } = await underChaos(scenario);
    const after = run.timeline.slice(-4);
    const [sent, ok] = [0, 0].map((_, i) =>
      after.reduce((sum, window) => sum + (i === 0 ? window.n : window.ok), 0),
    );
    expect(ok).toBeGreaterThanOrEqual(0.9 * (sent ?? 0));
  });
});
