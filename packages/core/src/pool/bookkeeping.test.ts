/**
 * What the pool tells its strategy, counts per endpoint, and answers in unusual cases.
 */

import { describe, expect, test } from 'vitest';
import { cyclic, failed, OK } from '../../test/support/fixtures.ts';
import type { Attempt } from '../attempt.ts';
import { slowStart } from '../health/slow-start.ts';
import { seededRandom } from '../random.ts';
import type { Endpoint } from '../strategy.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { EndpointPool } from './endpoint-pool.ts';
import type { PoolOptions } from './options.ts';

const REQUEST = { hash: 0, idempotent: true };
const AB = [{ id: 'a' }, { id: 'b' }];

function pool(over: Partial<PoolOptions> = {}): { p: EndpointPool; clock: ManualClock } {
  const clock = new ManualClock();
  const p = new EndpointPool({ clock, random: seededRandom(1), strategy: cyclic(), ...over });
  return { p, clock };
}

describe('the strategy', () => {
  test('is told of members that come, leave or change weight, and of nothing else', () => {
    const told: string[] = [];
    const prepare = (members: readonly Endpoint[]): void => {
      told.push(members.map(({ id, weight }) => `${id}${weight}`).join(' '));
    };
    const { p } = pool({ strategy: { ...cyclic(), prepare } });
    p.update(AB);
    p.update(AB);
    p.update([
      { id: 'a', maxConnections: 3 },
      { id: 'b', priority: 1 },
    ]);
    p.setHealth(p.member('a')!, 'down', 'test');
    p.setAdminState('b', 'drain');
    expect(told).toEqual(['a1 b1']);
    p.update([{ id: 'a', weight: 5 }, { id: 'b' }]);
    p.update([{ id: 'a', weight: 5 }]);
    p.update([{ id: 'a', weight: 5 }, { id: 'c' }]);
    expect(told).toEqual(['a1 b1', 'a5 b1', 'a5', 'a5 c1']);
  });

  test('hears once of each first byte, when it comes in time', () => {
    const heard: unknown[] = [];
    const firstByte = ({ id }: Endpoint, afterMs: number): void => void heard.push([id, afterMs]);
    const { p, clock } = pool({ strategy: { ...cyclic(), firstByte } });
    p.update([{ id: 'a' }]);
    clock.advance(100);
    const [answered, cut] = [p.start(REQUEST, []), p.start(REQUEST, [])] as [Attempt, Attempt];
    p.setStrategy(cyclic());
    clock.advance(7);
    answered.firstByte();
    answered.firstByte();
    cut.settle(failed());
    cut.firstByte();
    expect(heard).toEqual([['a', 7]]);
    expect(() => (p.start(REQUEST, []) as Attempt).firstByte()).not.toThrow();
  });

  test('that picks nothing starts no attempt', () => {
    const { p } = pool({ strategy: { pick: () => undefined as never } });
    p.update(AB);
    expect([p.start(REQUEST, []), p.inFlight]).toEqual(['error', 0]);
  });
});

describe('counts', () => {
  test('of requests, failures, and retries, wherever these were started', () => {
    const { p } = pool();
    p.update(AB);
    const [a, b] = p.members as [(typeof p.members)[number], (typeof p.members)[number]];
    (p.start(REQUEST, []) as Attempt).settle(failed());
    expect([a.requests, a.retries, a.failures]).toEqual([1, 0, 1]);
    (p.start(REQUEST, [a]) as Attempt).settle(OK);
    expect([b.requests, b.retries, b.failures]).toEqual([1, 1, 0]);
    (p.startAt(a) as Attempt).settle(failed());
    expect([a.requests, a.retries, a.failures]).toEqual([2, 1, 2]);
    p.setAdminState('a', 'drain');
    p.start({ ...REQUEST, affinity: 'a' }, []);
    expect([a.requests, a.retries]).toEqual([3, 1]);
    p.start({ ...REQUEST, affinity: 'a' }, [b]);
    expect([a.requests, a.retries, a.inFlight]).toEqual([4, 2, 2]);
  });

  test('and limits hold for those that are asked for by name', () => {
    const { p } = pool();
    p.update([{ id: 'a', maxConnections: 1 }]);
    const a = p.member('a')!;
    expect(p.startAt(a)).toBeTypeOf('object');
    expect(p.startAt(a)).toBe('full');
    p.update([]);
    expect(p.startAt(a)).toBe('none');
  });

  test('a limit that is lifted leaves no endpoint excluded', () => {
    const { p } = pool();
    p.update([{ id: 'a', maxConnections: 1 }]);
    p.start(REQUEST, []);
    expect(p.start(REQUEST, [])).toBe('full');
    p.update([{ id: 'a' }]);
    expect(p.start(REQUEST, [])).toBeTypeOf('object');
  });
});

describe('membership', () => {
  test('the slot of an idle one that leaves goes to the next that comes', () => {
    const { p } = pool();
    p.update(AB);
    const { slot } = p.member('a')!;
    p.update([{ id: 'b' }]);
    p.update([{ id: 'b' }, { id: 'c' }]);
    expect(p.member('c')!.slot).toBe(slot);
  });

  test('that has ended is told once: at once where nothing runs, else with the last attempt', () => {
    const gone: string[] = [];
    const { p } = pool({ observer: { departed: ({ id }) => void gone.push(id) } });
    p.update([{ id: 'a' }, { id: 'b' }]);
    const running = [p.start(REQUEST, []), p.start(REQUEST, []), p.start(REQUEST, [])] as Attempt[];
    const [busy] = running
      .map(({ endpoint }) => endpoint.id)
      .filter((id, i, all) => all.indexOf(id) < i);
    p.update([]);
    expect(gone).toEqual([]);
    for (const attempt of running.filter(({ endpoint }) => endpoint.id !== busy))
      attempt.settle(OK);
    expect(gone).toEqual(['a', 'b'].filter((id) => id !== busy));
    const [one, two] = running.filter(({ endpoint }) => endpoint.id === busy) as [Attempt, Attempt];
    one.settle(OK);
    expect(gone).toHaveLength(1);
    two.settle(failed());
    expect(gone.sort()).toEqual(['a', 'b']);
    p.update([{ id: 'c' }]);
    p.update([]);
    expect(gone).toEqual(['a', 'b', 'c']);
  });

  test('an endpoint that has left is not changed by probes that come late', () => {
    const { p } = pool();
    p.update(AB);
    const gone = p.member('a')!;
    p.update([{ id: 'b' }]);
    p.setHealth(gone, 'down', 'late');
    expect(gone).toMatchObject({ health: 'up', state: 'ready' });
  });

  test('an id that does not exist is refused', () => {
    const { p } = pool();
    p.update(AB);
    expect(() => p.setAdminState('x', 'drain')).toThrow(new RangeError('no endpoint has the id x'));
  });
});

describe('slow start', () => {
  /** A pool where `b` has come after the first update. */
  function late(over: Partial<PoolOptions> = {}) {
    const made = pool({ slowStart: slowStart(), ...over });
    made.p.update([{ id: 'a' }]);
    made.p.update(AB);
    return { ...made, b: made.p.member('b')! };
  }

  test('begins when a newcomer is ready, not while it is checked', () => {
    const { p, clock, b } = late({ isProbed: true });
    clock.advance(30_000);
    p.setHealth(b, 'up', 'test');
    p.start(REQUEST, []);
    expect(b.effectiveWeight).toBe(0.1);
  });

  test('begins again when one is back, not when it goes', () => {
    const { p, clock, b } = late();
    clock.advance(30_000);
    p.setHealth(b, 'down', 'test');
    clock.advance(30_000);
    p.setHealth(b, 'up', 'test');
    expect(b.effectiveWeight).toBe(0.1);
  });

  test('follows maintenance and ejection, not a passing probe', () => {
    const { p } = pool({ slowStart: slowStart() });
    p.update(AB);
    const [a, b] = [p.member('a')!, p.member('b')!];
    p.setHealth(a, 'up', 'probe passed');
    p.setAdminState('a', 'drain');
    p.setAdminState('a', 'ready');
    expect(a.effectiveWeight).toBe(1);
    p.setAdminState('a', 'maintenance');
    p.setAdminState('a', 'ready');
    expect(a.effectiveWeight).toBe(0.1);
    p.eject(b, 'test');
    p.checked(b, { ok: true, startedMs: 0, rise: 1 }, 'probe passed');
    expect(b.effectiveWeight).toBe(0.1);
  });

  test('goes on through a change of weight', () => {
    const { p, b } = late();
    p.update([{ id: 'a' }, { id: 'b', weight: 4 }]);
    expect(b.effectiveWeight).toBeCloseTo(0.4, 12);
  });

  test('holds none back from a strategy that follows weights, on a retry either', () => {
    const offered = new Set<string>();
    const strategy = {
      followsEffectiveWeight: true,
      pick: (candidates: readonly Endpoint[]): Endpoint => {
        offered.add(candidates.map(({ id }) => id).join(''));
        return candidates[0]!;
      },
    };
    const { p } = late({ strategy });
    p.update([...AB, { id: 'c' }]);
    for (let i = 0; i < 50; i++) p.start(REQUEST, [p.member('a')!]);
    expect([...offered]).toEqual(['bc']);
  });

  test('makes those held back ineligible, and when it is over none is', () => {
    const { p, clock } = late();
    let offered: readonly Endpoint[] = [];
    p.setStrategy({
      pick: (candidates) => {
        offered = candidates;
        expect(p.members.filter((m) => m.eligible)).toEqual(candidates);
        return candidates[0]!;
      },
    });
    for (let i = 0; i < 50; i++) p.start(REQUEST, []);
    clock.advance(60_001);
    p.start(REQUEST, []);
    expect(offered).toBe(p.ready);
  });
});
