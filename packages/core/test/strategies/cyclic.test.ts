/**
 * round-robin and weighted-round-robin: exact counts, the known sequences, and changes on the way.
 */

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { countOf, fleetOf, oneByOne } from './support.ts';

const LETTERS = 'abcdefgh';

function letters(picks: readonly string[]): string {
  return picks.map((id) => LETTERS[Number(id.slice(1))]).join('');
}

describe('round-robin', () => {
  test('goes round the members in their order', () => {
    expect(letters(oneByOne(fleetOf('round-robin', [1, 1, 1]), 7))).toBe('abcabca');
  });

  test.prop([fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), fc.nat(20), fc.nat(20)])(
    'over k·n picks with n ready, each gets exactly k, wherever it stood before',
    (ready, before, k) => {
      const fleet = fleetOf(
        'round-robin',
        ready.map(() => 1),
      );
      oneByOne(fleet, before);
      for (const [i, isReady] of ready.entries()) fleet.members[i]!.ready = isReady || i === 0;
      const ids = fleet.ready.map(({ id }) => id);
      expect(countOf(oneByOne(fleet, k * ids.length), ids)).toEqual(ids.map(() => k));
    },
  );

  test('an endpoint that is left out once loses one turn, and shifts no other', () => {
    const fleet = fleetOf('round-robin', [1, 1, 1, 1]);
    expect(letters(oneByOne(fleet, 1))).toBe('a');
    expect(letters(oneByOne(fleet, 1, [fleet.members[1]!]))).toBe('c');
    expect(letters(oneByOne(fleet, 4))).toBe('dabc');
  });

  test('goes on where it stood when a member leaves or comes', () => {
    const fleet = fleetOf('round-robin', [1, 1, 1, 1]);
    expect(letters(oneByOne(fleet, 2))).toBe('ab');
    fleet.remove(fleet.members[0]!);
    expect(letters(oneByOne(fleet, 1))).toBe('c');
    fleet.remove(fleet.members[1]!);
    expect(letters(oneByOne(fleet, 1))).toBe('d');
    fleet.add();
    expect(letters(oneByOne(fleet, 3))).toBe('ebd');
  });

  test('goes on after the first of all, too, when an endpoint comes', () => {
    const fleet = fleetOf('round-robin', [1, 1]);
    expect(letters(oneByOne(fleet, 1))).toBe('a');
    fleet.add();
    expect(letters(oneByOne(fleet, 3))).toBe('bca');
  });

  test('starts at the first again when the last one picked was the last of all and has left', () => {
    const fleet = fleetOf('round-robin', [1, 1, 1]);
    oneByOne(fleet, 3);
    fleet.remove(fleet.members[2]!);
    expect(letters(oneByOne(fleet, 3))).toBe('aba');
  });

  test('the first endpoint can leave at once', () => {
    const fleet = fleetOf('round-robin', [1, 1, 1]);
    oneByOne(fleet, 1);
    fleet.remove(fleet.members[0]!);
    expect(letters(oneByOne(fleet, 4))).toBe('bcbc');
  });
});

describe('weighted-round-robin', () => {
  test.each([
    [[5, 1, 1], 'aabacaa'],
    [[4, 2, 1], 'abacaba'],
    [[3, 1], 'aaba'],
    [[1, 1, 1], 'abc'],
  ])('weights %j give %s, again and again', (weights, sequence) => {
    const fleet = fleetOf('weighted-round-robin', weights);
    expect(letters(oneByOne(fleet, 3 * sequence.length))).toBe(sequence.repeat(3));
  });

  const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 10 });

  test.prop([weights, fc.integer({ min: 1, max: 3 })])(
    'over whole cycles of Σw picks each gets exactly its weight',
    (w, cycles) => {
      const fleet = fleetOf('weighted-round-robin', w);
      const total = w.reduce((a, b) => a + b, 0);
      const ids = fleet.members.map(({ id }) => id);
      const counts = countOf(oneByOne(fleet, cycles * total), ids);
      expect(counts).toEqual(w.map((each) => each * cycles));
    },
  );

  test.prop([weights, weights, fc.nat(100)])(
    'a new weight holds from the next pick on: any cycle after it is exact to one pick',
    (before, after, picks) => {
      const fleet = fleetOf('weighted-round-robin', before);
      oneByOne(fleet, picks);
      const members = fleet.members.slice(0, after.length);
      for (const [i, member] of members.entries()) fleet.reweigh(member, after[i]!);
      const total = fleet.members.reduce((sum, { weight }) => sum + weight, 0);
      const ids = fleet.members.map(({ id }) => id);
      const counts = countOf(oneByOne(fleet, total), ids);
      for (const [i, count] of counts.entries()) {
        expect(Math.abs(count - fleet.members[i]!.weight)).toBeLessThanOrEqual(1);
      }
    },
  );

  test('weights that sink from thousands to ones leave no debt of thousands of picks', () => {
    const fleet = fleetOf('weighted-round-robin', [5_000, 5_000]);
    oneByOne(fleet, 1);
    for (const member of fleet.members) fleet.reweigh(member, 1);
    expect(letters(oneByOne(fleet, 4))).toBe('baba');
  });

  test('survivors keep their place in the cycle when an endpoint comes or goes', () => {
    const fleet = fleetOf('weighted-round-robin', [1, 1]);
    expect(letters(oneByOne(fleet, 1))).toBe('a');
    const newcomer = fleet.add();
    expect(letters(oneByOne(fleet, 1))).toBe('b');
    fleet.remove(newcomer);
    expect(letters(oneByOne(fleet, 2)).split('').sort().join('')).toBe('ab');
  });

  test('follows the effective weight: a half-warm 2 counts as 1', () => {
    const fleet = fleetOf('weighted-round-robin', [2, 1]);
    expect(fleet.strategy.followsEffectiveWeight).toBe(true);
    fleet.members[0]!.factor = 0.5;
    expect(letters(oneByOne(fleet, 4))).toBe('abab');
  });

  test('one that was left out does not come back with credit for its absence', () => {
    const fleet = fleetOf('weighted-round-robin', [1, 1, 1]);
    oneByOne(fleet, 300, [fleet.members[2]!]);
    const ids = fleet.members.map(({ id }) => id);
    expect(countOf(oneByOne(fleet, 30), ids)).toEqual([10, 10, 10]);
  });
});
