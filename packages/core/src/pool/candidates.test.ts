/** What is offered to a strategy where slow start, panic, levels and backups meet. */

import { describe, expect, test } from 'vitest';
import { cyclic, failed, OK } from '../../test/support/fixtures.ts';
import type { Attempt } from '../attempt.ts';
import { consecutiveFailures } from '../health/outlier.ts';
import { panicBelow } from '../health/panic.ts';
import { slowStart } from '../health/slow-start.ts';
import { seededRandom } from '../random.ts';
import type { Endpoint } from '../strategy.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { EndpointPool } from './endpoint-pool.ts';
import type { PoolOptions } from './options.ts';

const REQUEST = { hash: 0, idempotent: true };

function pool(over: Partial<PoolOptions> = {}): EndpointPool {
  const clock = new ManualClock();
  return new EndpointPool({ clock, random: seededRandom(1), strategy: cyclic(), ...over });
}

/** Picks by id over this many requests that succeed. */
function tally(p: EndpointPool, requests: number): Record<string, number> {
  const picks: Record<string, number> = Object.fromEntries(p.members.map((m) => [m.id, 0]));
  for (let i = 0; i < requests; i++) {
    const attempt = p.start(REQUEST, []) as Attempt;
    picks[attempt.endpoint.id] = picks[attempt.endpoint.id]! + 1;
    attempt.settle(OK);
  }
  return picks;
}

function eject(p: EndpointPool, ...ids: readonly string[]): void {
  for (const id of ids) (p.startAt(p.member(id)!) as Attempt).settle(failed());
  expect(ids.map((id) => p.member(id)!.state)).toEqual(ids.map(() => 'ejected'));
}

describe('slow start', () => {
  test('a fleet that warms up together shares evenly', () => {
    const p = pool({ slowStart: slowStart() });
    p.update([{ id: 'old' }]);
    p.update([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
    const picks = Object.values(tally(p, 3000));
    expect(Math.min(...picks)).toBeGreaterThan(850);
    expect(Math.max(...picks)).toBeLessThan(1150);
  });

  test('an endpoint that failed its probes while it was draining warms up when it is given back', () => {
    const p = pool({ slowStart: slowStart() });
    p.update([{ id: 'a' }, { id: 'b' }]);
    p.setAdminState('a', 'drain');
    p.setHealth(p.member('a')!, 'down', 'restarting');
    p.setHealth(p.member('a')!, 'up', 'probe passed');
    p.setAdminState('a', 'ready');
    expect(p.member('a')!.effectiveWeight).toBe(0.1);
  });

  test('a strategy that follows weights is offered the warming ones each time', () => {
    const p = pool({ slowStart: slowStart() });
    p.update([{ id: 'a' }]);
    p.update([{ id: 'a' }, { id: 'b' }]);
    p.setStrategy({ ...cyclic(), followsEffectiveWeight: true });
    expect(tally(p, 10)).toEqual({ a: 5, b: 5 });
  });

  test('factors are brought up to date every 50 ms, and end at 1', () => {
    const clock = new ManualClock();
    clock.advance(5000);
    const p = pool({ clock, slowStart: slowStart({ windowMs: 10_000 }) });
    p.update([{ id: 'a' }]);
    p.update([{ id: 'a' }, { id: 'b' }]);
    const after = (ms: number): number => {
      clock.advance(ms);
      p.start(REQUEST, []);
      return p.member('b')!.effectiveWeight;
    };
    expect([after(4000), after(49), after(1), after(5949), after(1)]).toEqual([
      0.4, 0.4, 0.405, 0.9999, 0.9999,
    ]);
    expect(after(49)).toBe(1);
  });

  test('an endpoint that has warmed up does not do so again for having been drained', () => {
    const clock = new ManualClock();
    const p = pool({ clock, slowStart: slowStart() });
    p.update([{ id: 'a' }]);
    p.update([{ id: 'a' }, { id: 'b' }]);
    clock.advance(60_000);
    p.start(REQUEST, []);
    p.setAdminState('b', 'drain');
    p.setAdminState('b', 'ready');
    expect(p.member('b')!.effectiveWeight).toBe(1);
  });

  test('an endpoint that goes down while it warms up starts again when it is back', () => {
    const clock = new ManualClock();
    const p = pool({ clock, slowStart: slowStart() });
    p.update([{ id: 'a' }]);
    p.update([{ id: 'a' }, { id: 'b' }]);
    clock.advance(30_000);
    p.setHealth(p.member('b')!, 'down', 'test');
    p.start(REQUEST, []);
    expect(p.member('b')!.effectiveWeight).toBe(1);
    p.setHealth(p.member('b')!, 'up', 'test');
    expect(p.member('b')!.effectiveWeight).toBe(0.1);
  });

  test('an endpoint that was only drained has its full share at once', () => {
    const p = pool({ slowStart: slowStart() });
    p.update([{ id: 'a' }, { id: 'b' }]);
    p.setAdminState('a', 'drain');
    p.setAdminState('a', 'ready');
    expect(p.member('a')!.effectiveWeight).toBe(1);
  });
});

test('levels share the traffic as their health allows', () => {
  const p = pool();
  p.update([
    ...['a', 'b', 'c', 'd'].map((id) => ({ id })),
    ...['e', 'f'].map((id) => ({ id, priority: 1 })),
  ]);
  p.setHealth(p.member('a')!, 'down', 'test');
  p.setHealth(p.member('b')!, 'down', 'test');
  expect(p.ready.map((m) => m.id)).toEqual(['c', 'd', 'e', 'f']);
  // Half of four are healthy: 70 % of the traffic, and the rest spills over.
  const { c, d, e, f } = tally(p, 40_000) as Record<'c' | 'd' | 'e' | 'f', number>;
  // Three standard deviations.
  expect(Math.abs(c + d - 28_000)).toBeLessThan(275);
  expect(Math.abs(e + f - 12_000)).toBeLessThan(275);
});

test('with none excluded a strategy is offered the list of the ready itself', () => {
  const p = pool({ slowStart: slowStart() });
  p.update([{ id: 'a' }, { id: 'b' }, { id: 'spare', backup: true }, { id: 'c', priority: 1 }]);
  let offered: readonly Endpoint[] = [];
  p.setStrategy({
    pick: (candidates) => {
      offered = candidates;
      return candidates[0]!;
    },
  });
  p.start(REQUEST, []);
  expect(p.ready.map((m) => m.id)).toEqual(['a', 'b']);
  expect(offered).toBe(p.ready);
});

test('eligible are exactly the candidates, whichever have been tried or are full', () => {
  const p = pool();
  p.update([
    ...['a', 'b', 'c'].map((id) => ({ id })),
    { id: 'full', maxConnections: 1 },
    { id: 'later', priority: 1 },
    { id: 'spare', backup: true },
  ]);
  expect(p.startAt(p.member('full')!)).toBeTypeOf('object');
  const offered: string[] = [];
  p.setStrategy({
    pick(candidates: readonly Endpoint[]): Endpoint {
      offered.push(candidates.map((c) => c.id).join(''));
      expect(p.members.filter((m) => m.eligible)).toEqual(candidates);
      return candidates[0]!;
    },
  });
  p.start(REQUEST, []);
  p.start(REQUEST, [p.member('b')!]);
  p.start(
    REQUEST,
    ['a', 'b', 'c'].map((id) => p.member(id)!),
  );
  expect(offered).toEqual(['abc', 'ac']);
  p.update(
    p.members
      .filter((m) => m.id !== 'full')
      .map(({ id, priority, backup }) => ({ id, priority, backup })),
  );
  p.start(
    REQUEST,
    ['a', 'b', 'c'].map((id) => p.member(id)!),
  );
  expect(offered).toEqual(['abc', 'ac', 'later']);
});

describe('panic', () => {
  const options = (): Partial<PoolOptions> => ({
    detector: consecutiveFailures(1),
    ejection: { maxPercent: 100 },
    panic: panicBelow(50),
  });

  test('a suspect is not asked while a backup is ready in its place', () => {
    const p = pool(options());
    p.update([{ id: 'a' }, { id: 'spare', backup: true }]);
    eject(p, 'a');
    expect(p.ready.map((m) => m.id)).toEqual(['spare']);
  });

  test('a suspect is not asked while the next level can take all the traffic', () => {
    const p = pool(options());
    p.update([{ id: 'a' }, { id: 'b', priority: 1 }]);
    eject(p, 'a');
    expect(p.ready.map((m) => m.id)).toEqual(['b']);
  });

  test('a threshold above what one level can do without is kept all the same', () => {
    const p = pool({ ...options(), panic: panicBelow(90) });
    p.update(['a', 'b', 'c', 'd', 'e'].map((id) => ({ id })));
    eject(p, 'a');
    expect(p.ready.map((m) => m.id)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('suspects are asked when all levels together are too weak', () => {
    const p = pool(options());
    p.update([
      ...['a', 'b', 'c'].map((id) => ({ id })),
      ...['d', 'e', 'f'].map((id) => ({ id, priority: 1 })),
    ]);
    eject(p, 'a', 'b', 'd', 'e');
    expect(p.ready.map((m) => m.id)).toEqual(['a', 'b', 'c']);
  });
});

test('the last one left is not ejected: when the rest goes down, the ejected come back', () => {
  const readyAtEvents: number[] = [];
  const event = (): void => void readyAtEvents.push(p.ready.length);
  const p: EndpointPool = pool({ detector: consecutiveFailures(1), observer: { event } });
  p.update([{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }]);
  eject(p, 'a', 'b');
  p.setHealth(p.member('c')!, 'down', 'test');
  expect(p.ready.map((m) => m.id)).toEqual(['d']);
  p.setHealth(p.member('d')!, 'down', 'test');
  expect(p.ready.map((m) => m.id)).toEqual(['a']);
  // An observer of any of it finds an endpoint to ask.
  expect(Math.min(...readyAtEvents)).toBe(1);
});

test('among the ejected the one that would return first is readmitted, and never one that is down', () => {
  const clock = new ManualClock();
  const p = pool({ clock, detector: consecutiveFailures(1), ejection: { maxPercent: 75 } });
  p.update(['a', 'b', 'c', 'd'].map((id) => ({ id })));
  for (const id of ['c', 'a', 'b']) {
    eject(p, id);
    clock.advance(1);
  }
  p.setHealth(p.member('c')!, 'down', 'test');
  p.setHealth(p.member('d')!, 'down', 'test');
  expect(p.members.map((m) => m.state)).toEqual(['ready', 'ejected', 'down', 'down']);
  expect(p.members.map((m) => m.ejections)).toEqual([1, 1, 1, 0]);
});

test('draining an ejected endpoint brings no other one back', () => {
  const p = pool({ detector: consecutiveFailures(1) });
  p.update(['a', 'b', 'c', 'd'].map((id) => ({ id })));
  eject(p, 'a', 'b');
  p.setAdminState('b', 'drain');
  expect(p.member('a')!.state).toBe('ejected');
});

test('a strategy that throws leaves no endpoint excluded', () => {
  const p = pool();
  p.update([{ id: 'a' }, { id: 'b' }]);
  const seen: boolean[] = [];
  let isBroken = true;
  p.setStrategy({
    pick(candidates: readonly Endpoint[]): Endpoint {
      if (isBroken) throw new Error('broken');
      seen.push(p.members.every((m) => m.eligible));
      return candidates[0]!;
    },
  });
  expect(p.start(REQUEST, [p.member('a')!])).toBe('error');
  isBroken = false;
  p.start(REQUEST, []);
  expect(seen).toEqual([true]);
});
