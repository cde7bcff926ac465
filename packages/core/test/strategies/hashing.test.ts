/** Consistent hashing: which keys move, how evenly they lie, and the tables that are known. */

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { hash32, ringHash, seededRandom } from '../../src/index.ts';
import { maglevTable } from '../../src/strategies/maglev.ts';
import { type FakeFleet, requestWith } from '../../src/testing/index.ts';
import { chiSquare, chiSquareLimit, countOf, fleetBy, fleetOf } from './support.ts';

const KEYS = Array.from({ length: 1_500 }, (_, i) => hash32(`key ${i}`));

/** The owners of keys, while nothing is running. */
function owners(
  { members, strategy }: FakeFleet,
  keys: readonly number[] = KEYS,
  excluded: readonly string[] = [],
): string[] {
  for (const member of members) member.eligible = !excluded.includes(member.id);
  const candidates = members.filter(({ eligible }) => eligible);
  return keys.map((key) => strategy.pick(candidates, requestWith(key)).id);
}

const weights = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 8 });

describe.each(['ip-hash', 'ring-hash', 'bounded-hash'])('%s', (name) => {
  test.prop([weights, fc.nat()], { numRuns: 25 })(
    'when one is removed its keys move, and no other',
    (w, which) => {
      const fleet = fleetOf(name, w);
      const before = owners(fleet);
      const removed = fleet.members[which % w.length]!;
      fleet.remove(removed);
      for (const [i, owner] of owners(fleet).entries()) {
        if (before[i] === removed.id) expect(owner).not.toBe(removed.id);
        else expect(owner).toBe(before[i]);
      }
    },
  );

  test.prop([weights, fc.integer({ min: 1, max: 4 })], { numRuns: 25 })(
    'when one is added keys move to it, and nowhere else',
    (w, weight) => {
      const fleet = fleetOf(name, w);
      const before = owners(fleet);
      const added = fleet.add(weight);
      for (const [i, owner] of owners(fleet).entries()) {
        if (owner !== added.id) expect(owner).toBe(before[i]);
      }
    },
  );

  test.prop([weights, fc.nat()], { numRuns: 25 })(
    'when one gets more weight keys move to it, and nowhere else',
    (w, which) => {
      const fleet = fleetOf(name, w);
      const before = owners(fleet);
      const heavier = fleet.members[which % w.length]!;
      fleet.reweigh(heavier, heavier.weight + 3);
      for (const [i, owner] of owners(fleet).entries()) {
        if (owner !== heavier.id) expect(owner).toBe(before[i]);
      }
    },
  );

  test('one that may not be chosen is passed over as if it were gone', () => {
    const fleet = fleetOf(name, [1, 2, 3, 4]);
    const during = owners(fleet, KEYS, ['e1', 'e3']);
    fleet.remove(fleet.members[3]!);
    fleet.remove(fleet.members[1]!);
    expect(owners(fleet)).toEqual(during);
  });
});

describe.each(['ip-hash', 'ring-hash', 'maglev', 'bounded-hash'])('%s', (name) => {
  test('does not depend on the order of the members', () => {
    const straight = fleetOf(name, [1, 2, 3, 4]);
    const turned = fleetOf(name, [1, 2, 3, 4]);
    turned.strategy.prepare?.([...turned.members].reverse());
    expect(owners(turned)).toEqual(owners(straight));
  });

  test('takes a hash with or without sign', () => {
    const fleet = fleetOf(name, [1, 1, 1]);
    const signed = KEYS.map((key) => key | 0);
    expect(owners(fleet, signed)).toEqual(owners(fleet));
  });

  test('leaves slow start to the pool', () => {
    expect(fleetOf(name, [1]).strategy.followsEffectiveWeight).not.toBe(true);
  });
});

test('ip-hash, header-hash and cookie-hash differ only in where the key comes from', () => {
  expect(owners(fleetOf('header-hash', [1, 2, 3]))).toEqual(owners(fleetOf('ip-hash', [1, 2, 3])));
  expect(owners(fleetOf('cookie-hash', [1, 2, 3]))).toEqual(owners(fleetOf('ip-hash', [1, 2, 3])));
});

describe('ip-hash (rendezvous)', () => {
  test('gives each its share of keys by weight', () => {
    const fleet = fleetOf('ip-hash', [1, 2, 3, 0.5]);
    const random = seededRandom(3);
    const keys = Array.from({ length: 20_000 }, () => random.below(2 ** 31));
    const counts = countOf(owners(fleet, keys), ['e0', 'e1', 'e2', 'e3']);
    const expected = [1, 2, 3, 0.5].map((weight) => (20_000 * weight) / 6.5);
    expect(chiSquare(counts, expected)).toBeLessThan(chiSquareLimit(3));
  });

  test('spreads the keys of a lost one over all others', () => {
    const fleet = fleetOf('ip-hash', [1, 1, 1, 1, 1]);
    const random = seededRandom(4);
    const keys = Array.from({ length: 20_000 }, () => random.below(2 ** 31));
    const before = owners(fleet, keys);
    const after = owners(fleet, keys, ['e2']);
    const orphans = after.filter((_, i) => before[i] === 'e2');
    const counts = countOf(orphans, ['e0', 'e1', 'e3', 'e4']);
    const expected = counts.map(() => orphans.length / 4);
    expect(chiSquare(counts, expected)).toBeLessThan(chiSquareLimit(3));
  });
});

/** The shares of the ring, from keys as dense as its points. */
function ringShares(fleet: FakeFleet): number[] {
  const keys = Array.from({ length: 20_000 }, (_, i) => Math.floor((i * 2 ** 32) / 20_000));
  return countOf(
    owners(fleet, keys),
    fleet.members.map(({ id }) => id),
  ).map((count) => count / keys.length);
}

describe('ring-hash', () => {
  test.each([
    [160, 10],
    [40, 5],
    [1, 8],
  ])('%i points for each of %i: shares differ by √((n−1)/(nV+1)) of their mean', (v, n) => {
    const fleet = fleetBy(ringHash(v), new Array<number>(n).fill(1));
    const deviations: number[] = [];
    for (let round = 0; round < 25; round++) {
      for (const share of ringShares(fleet)) deviations.push((share * n - 1) ** 2);
      // Other names, another ring.
      for (const member of [...fleet.members]) {
        fleet.add();
        fleet.remove(member);
      }
    }
    const measured = Math.sqrt(deviations.reduce((a, b) => a + b, 0) / deviations.length);
    expect(measured / Math.sqrt((n - 1) / (n * v + 1))).toBeGreaterThan(0.85);
    expect(measured / Math.sqrt((n - 1) / (n * v + 1))).toBeLessThan(1.15);
  });

  test('gives shares by weight', () => {
    for (const [i, share] of ringShares(fleetOf('ring-hash', [1, 2, 5])).entries()) {
      expect(share / ([1, 2, 5][i]! / 8)).toBeGreaterThan(0.75);
      expect(share / ([1, 2, 5][i]! / 8)).toBeLessThan(1.25);
    }
  });

  test('scales down points that would need too much memory, in the same proportion', () => {
    const [light, heavy] = ringShares(fleetOf('ring-hash', [100_000, 300_000]));
    expect(light).toBeGreaterThan(0.24);
    expect(light).toBeLessThan(0.26);
    expect(light! + heavy!).toBeCloseTo(1, 9);
  });

  test('is closed: keys behind the last point belong to the first, whichever may be chosen', () => {
    const fleet = fleetBy(ringHash(1), [1, 1, 1, 1]);
    for (let round = 0; round < 10; round++) {
      for (const out of [[], [fleet.members[0]!.id], [fleet.members[1]!.id]]) {
        expect(owners(fleet, [2 ** 32 - 1], out)).toEqual(owners(fleet, [0], out));
      }
      fleet.add();
      fleet.remove(fleet.members[0]!);
    }
  });

  test('gives a point even to the lightest', () => {
    const fleet = fleetBy(ringHash(1), [0.001, 1]);
    expect(owners(fleet, KEYS, ['e1'])).toEqual(KEYS.map(() => 'e0'));
    expect(new Set(owners(fleet)).size).toBe(2);
  });
});

describe('maglev', () => {
  const MOST_MOVED = 0.1;
  const SIZE = 65_537;
  const slots = Array.from({ length: SIZE }, (_, i) => i);

  function slotsOf(fleet: FakeFleet): number[] {
    return countOf(
      owners(fleet, slots),
      fleet.members.map(({ id }) => id),
    );
  }

  test('fills the table of the paper: M = 7, (3, 4), (0, 2), (3, 1)', () => {
    const claimants = [
      { offset: 3, skip: 4, weight: 1 },
      { offset: 0, skip: 2, weight: 1 },
      { offset: 3, skip: 1, weight: 1 },
    ];
    expect([...maglevTable(claimants, 7)]).toEqual([1, 0, 1, 0, 2, 2, 0]);
    // Figure 2 of the paper: B1 fails.
    expect([...maglevTable([claimants[0]!, claimants[2]!], 7)].map((b) => 2 * b)).toEqual([
      0, 0, 0, 0, 2, 2, 2,
    ]);
  });

  test('slots of equal endpoints differ by at most one', () => {
    for (const n of [1, 2, 3, 7, 16, 100]) {
      const counts = slotsOf(fleetOf('maglev', new Array<number>(n).fill(1)));
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      expect(counts.reduce((a, b) => a + b, 0)).toBe(SIZE);
    }
  });

  test('weights 1 and 2 own 21,846 and 43,691 slots', () => {
    expect(slotsOf(fleetOf('maglev', [1, 2]))).toEqual([21_846, 43_691]);
  });

  test.prop([weights], { numRuns: 10 })('slots follow weights to within a few', (w) => {
    const total = w.reduce((a, b) => a + b, 0);
    for (const [i, count] of slotsOf(fleetOf('maglev', w)).entries()) {
      expect(Math.abs(count - (SIZE * w[i]!) / total)).toBeLessThanOrEqual(w.length + 1);
    }
  });

  test.prop([fc.integer({ min: 3, max: 20 }), fc.nat()], { numRuns: 15 })(
    'when one is removed few other keys move',
    (n, which) => {
      const fleet = fleetOf('maglev', new Array<number>(n).fill(1));
      const before = owners(fleet);
      const removed = fleet.members[which % n]!;
      fleet.remove(removed);
      const moved = owners(fleet).filter((owner, i) => {
        return before[i] !== removed.id && owner !== before[i];
      });
      expect(moved.length / KEYS.length).toBeLessThan(MOST_MOVED);
    },
  );

  test('keys of one that may not be chosen spread over all others', () => {
    const fleet = fleetOf('maglev', [1, 1, 1, 1, 1]);
    const before = owners(fleet, slots);
    const after = owners(fleet, slots, ['e2']);
    const orphans = after.filter((_, i) => before[i] === 'e2');
    for (const count of countOf(orphans, ['e0', 'e1', 'e3', 'e4'])) {
      expect(count / orphans.length).toBeGreaterThan(0.2);
      expect(count / orphans.length).toBeLessThan(0.3);
    }
  });

  test('more claimants than slots, or none, still make a table', () => {
    const many = Array.from({ length: 9 }, (_, i) => ({ offset: i % 7, skip: 1, weight: 1 }));
    expect([...maglevTable(many, 7)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect([...maglevTable([], 7)]).toEqual([-1, -1, -1, -1, -1, -1, -1]);
  });
});
