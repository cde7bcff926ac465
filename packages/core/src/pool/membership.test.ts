/**
 * Slots and departures: which slot an endpoint has, and when one that has left is gone for good.
 */

import { describe, expect, test } from 'vitest';
import { cyclic, OK } from '../../test/support/fixtures.ts';
import type { Attempt } from '../attempt.ts';
import { seededRandom } from '../random.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { EndpointPool } from './endpoint-pool.ts';
import type { PoolOptions } from './options.ts';
import { SharedCounters, sharedCountersBytes } from './shared-counters.ts';

const REQUEST = { hash: 0, idempotent: true };

/** A pool, and in order what its observer was told. */
function pool(more: Partial<PoolOptions> = {}) {
  const told: string[] = [];
  const p = new EndpointPool({
    clock: new ManualClock(),
    random: seededRandom(1),
    strategy: cyclic(),
    observer: {
      event: ({ type, endpoint }) => void told.push(`${type} ${endpoint}`),
      settled: ({ id }) => void told.push(`settled ${id}`),
      departed: ({ id }) => void told.push(`departed ${id}`),
    },
    ...more,
  });
  return { p, told };
}

const slots = (p: EndpointPool): number[] => p.members.map(({ slot }) => slot);

/** Counters of two workers' pools, over one memory. */
function sharedCounters(capacity: number): [SharedCounters, SharedCounters] {
  const layout = { capacity, workers: 2 };
  const memory = new SharedArrayBuffer(sharedCountersBytes(layout));
  return [new SharedCounters(memory, layout, 0), new SharedCounters(memory, layout, 1)];
}

describe('a member that leaves', () => {
  test('idle has departed at once, after its removal was told', () => {
    const { p, told } = pool();
    p.update([{ id: 'a' }, { id: 'b' }]);
    p.update([{ id: 'b' }]);
    expect(told).toEqual(['added a', 'added b', 'removed a', 'departed a']);
  });

  test('with attempts running departs with the last of them, exactly once', () => {
    const { p, told } = pool();
    p.update([{ id: 'a' }]);
    const attempts = [p.start(REQUEST, []), p.start(REQUEST, [])] as Attempt[];
    p.update([{ id: 'b' }]);
    told.length = 0;
    attempts[0]!.settle(OK);
    expect(told).toEqual(['settled a']);
    attempts[1]!.settle(OK);
    p.update([{ id: 'c' }]);
    expect(told.filter((line) => line.endsWith(' a'))).toEqual([
      'settled a',
      'settled a',
      'departed a',
    ]);
  });

  test('and comes back at once is another member: the first departs when its attempts end', () => {
    const { p, told } = pool();
    p.update([{ id: 'a', address: 'here' }]);
    const attempt = p.start(REQUEST, []) as Attempt;
    p.update([{ id: 'a', address: 'there' }]);
    expect(told).toEqual(['added a', 'removed a', 'added a']);
    attempt.settle(OK);
    expect(told.slice(-2)).toEqual(['settled a', 'departed a']);
    expect([p.member('a')?.inFlight, p.member('a')?.requests]).toEqual([0, 0]);
  });

  test('that stays is never told of', () => {
    const { p, told } = pool();
    p.update([{ id: 'a' }]);
    (p.start(REQUEST, []) as Attempt).settle(OK);
    p.update([{ id: 'a', weight: 2 }]);
    p.setAdminState('a', 'maintenance');
    expect(told.filter((line) => line.startsWith('departed'))).toEqual([]);
  });

  test('during a start that fails departs too', () => {
    const { p, told } = pool();
    p.update([{ id: 'a' }]);
    p.setStrategy({
      pick: (candidates) => candidates[0]!,
      started(): void {
        p.update([{ id: 'b' }]);
        throw new Error('broken');
      },
    });
    expect(p.start(REQUEST, [])).toBe('error');
    expect(told.at(-1)).toBe('departed a');
    expect(p.inFlight).toBe(0);
  });
});

describe('slots assigned from outside', () => {
  test('are those that the members have', () => {
    const { p } = pool();
    p.update([
      { id: 'a', slot: 5 },
      { id: 'b', slot: 0 },
    ]);
    expect(slots(p)).toEqual([5, 0]);
    const a = p.member('a');
    p.update([
      { id: 'c', slot: 9 },
      { id: 'a', slot: 5 },
    ]);
    expect(slots(p)).toEqual([9, 5]);
    expect(p.member('a')).toBe(a);
  });

  test('and slots that the pool assigns are never the same', () => {
    const { p } = pool();
    p.update([
      { id: 'a', slot: 0 },
      { id: 'b', slot: 2 },
    ]);
    const attempts = [p.start(REQUEST, []), p.start(REQUEST, [])] as Attempt[];
    p.update(['c', 'd', 'e'].map((id) => ({ id })));
    expect(slots(p)).toEqual([1, 3, 4]);
    for (const attempt of attempts) attempt.settle(OK);
    p.update(['c', 'd', 'e', 'f', 'g', 'h'].map((id) => ({ id })));
    expect(new Set(slots(p))).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  });

  test('an endpoint that gets another slot is a new one', () => {
    const { p, told } = pool();
    p.update([{ id: 'a', slot: 1 }]);
    p.update([{ id: 'a', slot: 2 }]);
    expect(slots(p)).toEqual([2]);
    expect(told).toEqual(['added a', 'removed a', 'added a', 'departed a']);
  });

  test.each([
    [[{ id: 'a', slot: 0 }, { id: 'b' }], 'endpoint b: slot must be given, as it is for other'],
    [[{ id: 'a', slot: -1 }], 'endpoint a: slot must be an integer in [0, 1048576), got -1'],
    [[{ id: 'a', slot: 0.5 }], 'got 0.5'],
    [[{ id: 'a', slot: 2 ** 20 }], 'got 1048576'],
    [
      [
        { id: 'a', slot: 3 },
        { id: 'b', slot: 3 },
      ],
      'endpoint b: slot 3 is given twice',
    ],
    [[{ id: 'n', slot: 7 }], 'endpoint n: slot 7 still belongs to old'],
  ])('%j: is refused, and nothing changes', (specs, message) => {
    const { p, told } = pool();
    p.update([{ id: 'old', slot: 7 }]);
    told.length = 0;
    expect(() => p.update(specs)).toThrow(message);
    expect([p.members.map(({ id }) => id), told]).toEqual([['old'], []]);
  });

  test('a slot is in use until its last attempt has ended', () => {
    const { p } = pool();
    p.update([{ id: 'a', slot: 4 }]);
    const attempt = p.start(REQUEST, []) as Attempt;
    p.update([]);
    expect(() => p.update([{ id: 'b', slot: 4 }])).toThrow('slot 4 still belongs to a');
    attempt.settle(OK);
    p.update([{ id: 'b', slot: 4 }]);
    expect(slots(p)).toEqual([4]);
  });
});

describe('counters of a fixed capacity', () => {
  test('an update beyond it is refused, and nothing changes', () => {
    const [counters] = sharedCounters(2);
    const { p } = pool({ counters });
    p.update([{ id: 'a' }, { id: 'b' }]);
    expect(() => p.update([{ id: 'a' }, { id: 'b' }, { id: 'c' }])).toThrow(
      'there is room for 0 more endpoints, got 1',
    );
    expect(() => p.update([{ id: 'c', slot: 2 }])).toThrow('slot must be an integer in [0, 2)');
    expect(p.members).toHaveLength(2);
    p.update([{ id: 'a' }]);
    p.update([{ id: 'a' }, { id: 'c' }]);
    expect(slots(p)).toEqual([0, 1]);
  });

  test('two pools over one memory see what runs in both, and limits hold for both together', () => {
    const pools = sharedCounters(4).map((counters) => pool({ counters }));
    const [one, two] = pools.map(({ p }) => p) as [EndpointPool, EndpointPool];
    for (const p of [one, two]) p.update([{ id: 'a', slot: 1, maxConnections: 2 }]);
    const attempts = [one.start(REQUEST, []), two.start(REQUEST, [])] as Attempt[];
    expect([one.member('a')?.inFlight, two.member('a')?.inFlight]).toEqual([2, 2]);
    expect([one.start(REQUEST, []), two.start(REQUEST, [])]).toEqual(['full', 'full']);
    expect([one.inFlight, two.inFlight]).toEqual([1, 1]);
    // Each pool tells of its own last attempt.
    for (const p of [one, two]) p.update([]);
    attempts[0]!.settle(OK);
    expect(pools.map(({ told }) => told.includes('departed a'))).toEqual([true, false]);
    attempts[1]!.settle(OK);
    expect(pools.map(({ told }) => told.includes('departed a'))).toEqual([true, true]);
  });
});
