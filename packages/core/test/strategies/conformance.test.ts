/** Every strategy of the registry obeys the common laws; and each law can be broken. */

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  type Endpoint,
  randomChoice,
  roundRobin,
  type Strategy,
  type StrategyFactory,
  strategies,
} from '../../src/index.ts';
import { conformanceLaws, LawBroken, lawsFor } from '../../src/testing/index.ts';

/** A maglev table takes 2 ms to build, and a walk changes the membership a dozen times. */
const RUNS: Readonly<Record<string, number>> = { maglev: 4, 'ring-hash': 10, 'bounded-hash': 10 };

describe.each(strategies.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
  for (const law of lawsFor(entry)) {
    const numRuns = RUNS[name] ?? 25;
    test.prop([fc.nat({ max: 2 ** 31 })], { numRuns })(law.name, (seed) => {
      law.check(entry.create(), seed);
    });
  }
});

test('laws for keyed and unkeyed strategies are disjoint, and all are there', () => {
  const keyed = lawsFor({ key: 'ip' });
  const unkeyed = lawsFor({});
  const common = keyed.filter((law) => unkeyed.includes(law));
  expect(common.length).toBeGreaterThan(0);
  expect(keyed.length + unkeyed.length - common.length).toBe(conformanceLaws.length);
  expect(new Set(conformanceLaws.map((law) => law.name)).size).toBe(conformanceLaws.length);
});

describe('a law tells a wrong strategy', () => {
  const first: Strategy['pick'] = (candidates) => candidates[0]!;
  let picksEver = 0;

  /** What must break which law. */
  const wrong: Readonly<Record<string, StrategyFactory>> = {
    'picks one of the candidates, come what may': () => {
      let members: readonly Endpoint[] = [];
      let turn = 0;
      return {
        prepare: (now) => {
          members = now;
        },
        // A cached list: right until an endpoint is left out.
        pick: () => members[turn++ % members.length]!,
      };
    },
    'every attempt can end, and then none is in flight': () => ({
      pick: first,
      settled: () => {
        throw new Error('lost count');
      },
    }),
    'the same seed gives the same picks': () => ({
      // State that outlives the strategy.
      pick: (candidates) => candidates[picksEver++ % candidates.length]!,
      prepare: () => {
        picksEver += 3;
      },
    }),
    'with one candidate it picks that': ({ random }) => ({
      pick: (candidates) => candidates[1 + random.below(candidates.length)] ?? candidates[1]!,
    }),
    'starves none of equal endpoints': () => ({ pick: first }),
    'a newcomer gets its share, in an old slot too': () => {
      const picked: number[] = [];
      return {
        // Counts by slot that are never reset: a newcomer inherits its predecessor's.
        pick: (candidates) => {
          const least = candidates.reduce((a, b) =>
            (picked[b.slot] ?? 0) < (picked[a.slot] ?? 0) ? b : a,
          );
          picked[least.slot] = (picked[least.slot] ?? 0) + 1;
          return least;
        },
        prepare: (members) => {
          if (members.length === 4) for (const { slot } of members) picked[slot] = -1_000;
        },
      };
    },
    'a key stays where it is': randomChoice,
    'keys spread over equal endpoints': () => ({ pick: first }),
    'leaving one out moves its keys, and only until it is back': () => ({
      pick: (candidates, { hash }) => candidates[hash % candidates.length]!,
    }),
  };

  for (const law of conformanceLaws) {
    test(`a strategy that breaks "${law.name}" is told so, with the seed that replays it`, () => {
      const factory = wrong[law.name]!;
      expect(() => law.check(factory, 5)).toThrow(LawBroken);
      expect(() => law.check(factory, 5)).toThrow(/^law ".*" broken by seed 5: [^\n]+$/);
    });
  }

  test('a strategy that sorts the candidates in place is caught: the pool lends its own list', () => {
    const sorts: StrategyFactory = () => ({
      pick: (candidates) => (candidates as Endpoint[]).sort(() => -1)[0]!,
    });
    expect(() => conformanceLaws[0]!.check(sorts, 1)).toThrow(/read only/);
  });

  /** Gives each slot its part of every hundred picks. */
  function sharing(parts: readonly number[]): StrategyFactory {
    const cycle = parts.flatMap((part, slot) => new Array<number>(part).fill(slot));
    return () => {
      let turn = 0;
      return { pick: (candidates) => candidates[cycle[turn++ % cycle.length]!]! };
    };
  }

  const starves = conformanceLaws.find(({ name }) => name === 'starves none of equal endpoints')!;

  test.each([[[4, 24, 24, 24, 24]], [[64, 9, 9, 9, 9]]])(
    'unfair is less than a quarter of the share, or more than three of it: %j',
    (parts) => {
      expect(() => starves.check(sharing(parts), 1)).toThrow(
        `equal endpoints got ${parts.map((part) => 10 * part).join(' ')} of the requests`,
      );
    },
  );

  test.each([[[5, 20, 25, 25, 25]], [[60, 10, 10, 10, 10]]])(
    'what lies between is luck: %j',
    (parts) => {
      starves.check(sharing(parts), 1);
    },
  );

  test('keys of which one endpoint gets a hundredth are told', () => {
    const spreads = conformanceLaws.find(
      ({ name }) => name === 'keys spread over equal endpoints',
    )!;
    const stingy: StrategyFactory = () => ({
      pick: (candidates, { hash }) => candidates[hash % 100 === 0 ? 0 : 1 + (hash % 4)]!,
    });
    expect(() => spreads.check(stingy, 1)).toThrow(/ of the keys$/);
  });

  test('a key that does not come home is told, and one that leaves without need', () => {
    const moves = conformanceLaws.at(-1)!;
    const homeless: StrategyFactory = () => {
      const homes = new Map<number, Endpoint>();
      return {
        pick: (candidates, { hash }) => {
          const home = homes.get(hash);
          const next = home?.eligible === true ? home : candidates[hash % candidates.length]!;
          homes.set(hash, next);
          return next;
        },
      };
    };
    expect(() => moves.check(homeless, 1)).toThrow(/ did not come back to e\d$/);
    expect(() => moves.check(wrong[moves.name]!, 1)).toThrow(/ left e\d when e\d was left out$/);
  });

  test('attempts that are counted twice are told', () => {
    const twice: StrategyFactory = () => ({
      pick: first,
      started: (endpoint) => {
        (endpoint as { inFlight: number }).inFlight += 1;
      },
    });
    expect(() => conformanceLaws[1]!.check(twice, 1)).toThrow(/e\d+ still has \d+ in flight$/);
  });

  test('whatever a strategy throws is told, and kept as the cause', () => {
    const failing =
      (what: unknown): StrategyFactory =>
      () => ({
        pick: () => {
          throw what;
        },
      });
    for (const what of ['out of luck', new RangeError('out of luck')]) {
      expect(() => conformanceLaws[0]!.check(failing(what), 3)).toThrow(
        expect.objectContaining({
          name: 'LawBroken',
          message: `law "${conformanceLaws[0]!.name}" broken by seed 3: out of luck`,
          cause: what,
        }),
      );
    }
  });

  test('a right one passes wherever it is made', () => {
    for (const law of lawsFor({})) law.check(roundRobin, 9);
  });
});
