/** The strategies that draw: their distributions, by chi-square at fixed seeds. */

import { describe, expect, test } from 'vitest';
import { chiSquare, chiSquareLimit, countOf, fleetOf, oneByOne } from './support.ts';

const PICKS = 20_000;

function expectShares(
  fleet: ReturnType<typeof fleetOf>,
  weights: readonly number[],
  out: readonly number[] = [],
): void {
  const excluded = out.map((i) => fleet.members[i]!);
  const counts = countOf(
    oneByOne(fleet, PICKS, excluded),
    fleet.members.filter((member) => !excluded.includes(member)).map(({ id }) => id),
  );
  const present = weights.filter((_, i) => !out.includes(i));
  const total = present.reduce((a, b) => a + b, 0);
  const expected = present.map((weight) => (PICKS * weight) / total);
  expect(counts.reduce((a, b) => a + b, 0)).toBe(PICKS);
  expect(chiSquare(counts, expected)).toBeLessThan(chiSquareLimit(present.length - 1));
}

describe('random', () => {
  test('gives each candidate the same probability', () => {
    expectShares(fleetOf('random', [1, 5, 1, 2, 9]), [1, 1, 1, 1, 1]);
  });

  test('and leaves slow start to the pool', () => {
    expect(fleetOf('random', [1]).strategy.followsEffectiveWeight).not.toBe(true);
  });
});

describe('weighted-random', () => {
  test('gives each candidate a probability by its weight', () => {
    expectShares(fleetOf('weighted-random', [1, 2, 3, 4]), [1, 2, 3, 4]);
  });

  test('and no other when the heaviest is left out', () => {
    expectShares(fleetOf('weighted-random', [1, 2, 3, 50]), [1, 2, 3, 50], [3]);
  });

  test('and where one weight dwarfs the rest, so that most draws are refused', () => {
    const weights = [1_000, ...new Array<number>(20).fill(1)];
    expectShares(fleetOf('weighted-random', weights), weights);
    expectShares(fleetOf('weighted-random', weights, 2), weights, [0]);
  });

  test('and by the effective weight while one warms up', () => {
    const fleet = fleetOf('weighted-random', [4, 4]);
    expect(fleet.strategy.followsEffectiveWeight).toBe(true);
    fleet.members[0]!.factor = 0.25;
    expectShares(fleet, [1, 4]);
  });

  test('and by a new weight from the next pick on', () => {
    const fleet = fleetOf('weighted-random', [1, 1, 1]);
    fleet.reweigh(fleet.members[1]!, 8);
    expectShares(fleet, [1, 8, 1]);
    fleet.reweigh(fleet.members[1]!, 0.5);
    expectShares(fleet, [1, 0.5, 1]);
  });
});
