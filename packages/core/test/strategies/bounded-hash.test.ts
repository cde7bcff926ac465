/** bounded-hash: its bound at every pick, and that it leaves keys alone while there is room. */

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { boundedHash } from '../../src/index.ts';
import { requestWith } from '../../src/testing/index.ts';
import { fleetBy, fleetEvents, fleetOf, play, someWeights } from './support.ts';

const factors = fc.constantFrom(1, 1.25, 2);

describe('bounded-hash', () => {
  test.prop([fc.integer({ min: 1, max: 8 }), factors, fleetEvents], { numRuns: 40 })(
    'with equal weights none gets above ⌈c·m/n⌉ at any pick',
    (n, c, events) => {
      const equal = events.filter(({ kind }) => kind !== 'reweigh' && kind !== 'add');
      const fleet = fleetBy(boundedHash(c), new Array<number>(n).fill(1));
      play(fleet, equal, ({ picked, candidates, inFlight }) => {
        const m = 1 + candidates.reduce((sum, each) => sum + inFlight.get(each)!, 0);
        const bound = Math.ceil((c * m) / candidates.length);
        expect(inFlight.get(picked)! + 1).toBeLessThanOrEqual(bound);
      });
    },
  );

  test.prop([someWeights, factors, fleetEvents], { numRuns: 40 })(
    'with weights none gets above ⌈c·m·w/W⌉ at any pick',
    (weights, c, events) => {
      play(fleetBy(boundedHash(c), weights), events, ({ picked, candidates, inFlight }) => {
        const m = 1 + candidates.reduce((sum, each) => sum + inFlight.get(each)!, 0);
        const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
        const bound = Math.ceil((c * m * picked.weight) / total + 1e-9);
        expect(inFlight.get(picked)! + 1).toBeLessThanOrEqual(bound);
      });
    },
  );

  test('a bound that is whole by the books is not rounded up: 1.25 · 4 / 5 is 1', () => {
    const fleet = fleetOf('bounded-hash', [0.1, 0.1, 0.1, 0.1, 0.1]);
    for (let i = 0; i < 4; i++) fleet.start(requestWith(7));
    expect(fleet.members.map(({ inFlight }) => inFlight).sort()).toEqual([0, 1, 1, 1, 1]);
  });

  test('nor is one that a quotient of decimals misses: 3 / (0.7 + 0.7 + 0.7) · 0.7 is 1', () => {
    const fleet = fleetBy(boundedHash(1), [0.7, 0.7, 0.7]);
    for (let i = 0; i < 9; i++) fleet.start(requestWith(7));
    expect(fleet.members.map(({ inFlight }) => inFlight)).toEqual([3, 3, 3]);
  });

  test('factor 1 spreads a single hot key evenly', () => {
    const fleet = fleetBy(boundedHash(1), [1, 1, 1, 1]);
    for (let i = 0; i < 12; i++) fleet.start(requestWith(7));
    expect(fleet.members.map(({ inFlight }) => inFlight)).toEqual([3, 3, 3, 3]);
  });

  test('a hot key spills over to the same next one, and comes home when there is room', () => {
    const fleet = fleetOf('bounded-hash', [1, 1, 1, 1]);
    const home = fleet.start(requestWith(7));
    const spilt = fleet.start(requestWith(7));
    expect(spilt.endpoint).not.toBe(home.endpoint);
    fleet.settle(spilt);
    expect(fleet.start(requestWith(7)).endpoint).toBe(spilt.endpoint);
    for (const attempt of [...fleet.running]) fleet.settle(attempt);
    expect(fleet.start(requestWith(7)).endpoint).toBe(home.endpoint);
  });

  test('attempts at endpoints that may not be chosen do not count', () => {
    const fleet = fleetOf('bounded-hash', [1, 1, 1]);
    const [busy] = fleet.members;
    busy!.inFlight = 100;
    fleet.start(requestWith(7), [busy!]);
    fleet.start(requestWith(7), [busy!]);
    // m = 2, n = 2, c = 1.25: at most 2 each; with the 100 the bound would be 64.
    fleet.start(requestWith(7), [busy!]);
    fleet.start(requestWith(7), [busy!]);
    expect(Math.max(...fleet.members.slice(1).map(({ inFlight }) => inFlight))).toBeLessThan(4);
  });
});
