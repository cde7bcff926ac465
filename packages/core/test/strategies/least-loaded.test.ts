/** least-connections, its index, and the picker behind it: a minimum at every pick, ties fair. */

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  type Endpoint,
  inFlight,
  leastConnectionsIndexed,
  leastLoaded,
  seededRandom,
} from '../../src/index.ts';
import { ManualClock } from '../../src/testing/index.ts';
import {
  chiSquare,
  chiSquareLimit,
  countOf,
  fleetBy,
  fleetEvents,
  fleetOf,
  oneByOne,
  play,
  someWeights,
} from './support.ts';

const BOTH = ['least-connections', 'least-connections-indexed'];

describe.each(BOTH)('%s', (name) => {
  test.prop([someWeights, fc.nat(), fleetEvents], { numRuns: 150 })(
    'picks a least in flight per effective weight at every pick, whatever happens',
    (weights, seed, events) => {
      play(fleetOf(name, weights, seed), events, ({ picked, candidates, inFlight: before }) => {
        const load = (endpoint: Endpoint & { inFlight: number }): number =>
          before.get(endpoint as never)! / endpoint.effectiveWeight;
        expect(load(picked)).toBe(Math.min(...candidates.map(load)));
      });
    },
  );

  test('shares an idle fleet fairly', () => {
    const fleet = fleetOf(name, [1, 1, 1, 1, 1]);
    const counts = countOf(
      oneByOne(fleet, 10_000),
      fleet.members.map(({ id }) => id),
    );
    expect(chiSquare(counts, [2_000, 2_000, 2_000, 2_000, 2_000])).toBeLessThan(chiSquareLimit(4));
  });

  test('shares a tie of some fairly among these', () => {
    const fleet = fleetOf(name, [1, 1, 1, 1, 1]);
    // Kept busy from outside, so that only 1, 3 and 4 tie.
    fleet.members[0]!.inFlight = 1;
    fleet.members[2]!.inFlight = 2;
    const ids = fleet.members.map(({ id }) => id);
    const counts = countOf(oneByOne(fleet, 9_000), ids);
    expect([counts[0], counts[2]]).toEqual([0, 0]);
    const tied = [counts[1]!, counts[3]!, counts[4]!];
    expect(chiSquare(tied, [3_000, 3_000, 3_000])).toBeLessThan(chiSquareLimit(2));
  });

  test('does not start every balancer at the same endpoint', () => {
    const firsts = Array.from({ length: 50 }, (_, seed) => {
      return oneByOne(fleetOf(name, [1, 1, 1, 1], seed), 1)[0];
    });
    expect(new Set(firsts).size).toBe(4);
  });

  test('follows the effective weight', () => {
    expect(fleetOf(name, [1]).strategy.followsEffectiveWeight).toBe(true);
  });
});

describe('least-connections-indexed', () => {
  test('hands an idle fleet round exactly', () => {
    const fleet = fleetOf('least-connections-indexed', [1, 1, 1, 1, 1]);
    const counts = countOf(
      oneByOne(fleet, 50),
      fleet.members.map(({ id }) => id),
    );
    expect(counts).toEqual([10, 10, 10, 10, 10]);
  });

  test('looks at one or two of a thousand endpoints per pick', () => {
    let looks = 0;
    class Watched implements Endpoint {
      readonly id: string;
      readonly slot: number;
      readonly weight = 1;
      readonly effectiveWeight = 1;
      readonly eligible = true;
      running = 0;

      constructor(slot: number) {
        this.slot = slot;
        this.id = `e${slot}`;
      }

      get inFlight(): number {
        looks += 1;
        return this.running;
      }
    }
    const members = Array.from({ length: 1_000 }, (_, slot) => new Watched(slot));
    const environment = { clock: new ManualClock(), random: seededRandom(1) };
    const strategy = leastConnectionsIndexed(environment);
    strategy.prepare?.(members);
    const running: Watched[] = [];
    for (let i = 0; i < 5_000; i++) {
      // Nor do membership changes make it forget what its attempts are.
      if (i === 2_500) strategy.prepare?.(members);
      const picked = strategy.pick(members, { hash: 0, idempotent: true }) as Watched;
      picked.running += 1;
      strategy.started?.(picked);
      running.push(picked);
      if (i % 3 === 0) {
        const [ended] = running.splice(environment.random.below(running.length), 1);
        ended!.running -= 1;
        strategy.settled?.(ended!, { kind: 'ok', latencyMs: 1 });
      }
    }
    expect(looks).toBeLessThan(2 * 5_000);
  });
});

describe('leastLoaded', () => {
  test('with raw in-flight counts ignores weights', () => {
    const fleet = fleetBy(leastLoaded(inFlight), [9, 1]);
    const ids = Array.from({ length: 10 }, () => fleet.start({ hash: 0, idempotent: true }));
    expect(ids.filter(({ endpoint }) => endpoint.id === 'e0')).toHaveLength(5);
    expect(fleet.strategy.followsEffectiveWeight).toBe(false);
  });

  test('never takes one whose load is not a number while another has one', () => {
    const broken = leastLoaded(() => ({ of: ({ slot }) => (slot === 1 ? 7 : Number.NaN) }));
    expect(new Set(oneByOne(fleetBy(broken, [1, 1, 1]), 100))).toEqual(new Set(['e1']));
  });

  test('takes any, equally often, if none has a usable load', () => {
    for (const useless of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const fleet = fleetBy(
        leastLoaded(() => ({ of: () => useless })),
        [1, 1, 1],
      );
      const counts = countOf(oneByOne(fleet, 9_000), ['e0', 'e1', 'e2']);
      expect(chiSquare(counts, [3_000, 3_000, 3_000])).toBeLessThan(chiSquareLimit(2));
    }
  });

  test('finds the least among more candidates than it had room for', () => {
    const load = leastLoaded(() => ({ of: ({ slot }) => (slot === 90 ? 0 : 1) }));
    expect(oneByOne(fleetBy(load, new Array<number>(100).fill(1)), 1)).toEqual(['e90']);
    const tie = fleetBy(
      leastLoaded(() => ({ of: () => 1 })),
      new Array<number>(100).fill(1),
    );
    expect(new Set(oneByOne(tie, 3_000)).size).toBe(100);
  });

  test('passes on to the metric all that it hears', () => {
    const heard: string[] = [];
    const strategy = leastLoaded(() => ({
      of: () => 0,
      prepare: (members) => heard.push(`prepare ${members.length}`),
      started: ({ id }) => heard.push(`started ${id}`),
      firstByte: ({ id }, afterMs) => heard.push(`firstByte ${id} ${afterMs}`),
      settled: ({ id }, { kind }) => heard.push(`settled ${id} ${kind}`),
    }));
    const fleet = fleetBy(strategy, [1]);
    const attempt = fleet.start({ hash: 0, idempotent: true });
    fleet.clock.advance(5);
    fleet.firstByte(attempt);
    fleet.settle(attempt, 'failed');
    expect(heard).toEqual(['prepare 1', 'started e0', 'firstByte e0 5', 'settled e0 failed']);
  });
});
