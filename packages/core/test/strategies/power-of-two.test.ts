/** power-of-two: two different ones, and never the worse of them. */

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { type Endpoint, powerOfTwo } from '../../src/index.ts';
import {
  chiSquare,
  chiSquareLimit,
  fleetBy,
  fleetEvents,
  fleetOf,
  oneByOne,
  play,
  someWeights,
} from './support.ts';

describe('the picker', () => {
  test.prop([fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 10 }), fc.nat()])(
    'asks two different ones for their load, and picks the one that has less',
    (loads, seed) => {
      let asked: Endpoint[] = [];
      const watched = powerOfTwo(() => ({
        of: (endpoint) => {
          asked.push(endpoint);
          return loads[endpoint.slot]!;
        },
      }));
      const fleet = fleetBy(
        watched,
        loads.map(() => 1),
        seed,
      );
      for (let i = 0; i < 20; i++) {
        asked = [];
        const { endpoint } = fleet.start({ hash: 0, idempotent: true });
        expect(new Set(asked).size).toBe(2);
        expect(asked).toContain(endpoint);
        expect(loads[endpoint.slot]).toBe(Math.min(...asked.map(({ slot }) => loads[slot]!)));
      }
    },
  );

  test('draws every pair equally often, and shares ties fairly', () => {
    const pairs = new Map<string, number>();
    const wins = new Map<string, number>();
    let asked: string[] = [];
    const watched = powerOfTwo(() => ({
      of: ({ id }) => {
        asked.push(id);
        return 0;
      },
    }));
    const fleet = fleetBy(watched, [1, 1, 1, 1, 1]);
    for (let i = 0; i < 20_000; i++) {
      asked = [];
      const [winner] = oneByOne(fleet, 1);
      const pair = asked.sort().join(' ');
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
      wins.set(winner!, (wins.get(winner!) ?? 0) + 1);
    }
    expect(pairs.size).toBe(10);
    const expected = new Array<number>(10).fill(2_000);
    expect(chiSquare([...pairs.values()], expected)).toBeLessThan(chiSquareLimit(9));
    const fair = new Array<number>(5).fill(4_000);
    expect(chiSquare([...wins.values()], fair)).toBeLessThan(chiSquareLimit(4));
  });
});

describe('power-of-two', () => {
  test.prop([someWeights, fc.nat(), fleetEvents])(
    'never picks the one that has more in flight per weight than every other',
    (weights, seed, events) => {
      play(fleetOf('power-of-two', weights, seed), events, (pick) => {
        const load = (endpoint: (typeof pick.candidates)[number]): number =>
          pick.inFlight.get(endpoint)! / endpoint.effectiveWeight;
        const others = pick.candidates.filter((other) => other !== pick.picked);
        if (others.length === 0) return;
        expect(load(pick.picked)).toBeLessThanOrEqual(Math.max(...others.map(load)));
      });
    },
  );

  test('follows the effective weight', () => {
    expect(fleetOf('power-of-two', [1]).strategy.followsEffectiveWeight).toBe(true);
  });
});
