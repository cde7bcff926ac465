import { hash32 } from '@evenkeel/core';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ArrivalPlan, planArrivals } from './arrivals.ts';
import { type ResolvedFault, resolveActions, resolveFaults } from './faults.ts';
import { backendIds, capacityPerSecond, expandFleet, ratePerSecond } from './fleet.ts';
import { KeyDistribution, keyName } from './keys.ts';
import { checkScenario } from './parse.ts';
import { meanRequests } from './rates.ts';
import type { OpenLoad, Scenario } from './types.ts';

function scenarioWith(load: object, rest: object = {}): Scenario {
  const service = { distribution: 'exponential', meanMs: 20 };
  return checkScenario(
    {
      name: 'x',
      title: 'x',
      fleet: [
        { id: 'a', count: 3, concurrency: 4, service },
        { id: 'b', count: 1, concurrency: 2, service: { ...service, meanMs: 100 } },
      ],
      load: { kind: 'open', warmupMs: 1000, durationMs: 99_000, ...load },
      ...rest,
    },
    'x',
  );
}

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
function firstOf<T>(items: Iterable<T>, n: number): T[] {
  const first: T[] = [];
  for (const item of items) {
    first.push(item);
    if (first.length === n) break;
  }
  return first;
}
const take = (scenario: Scenario, n: number, from = 1): unknown[] =>
  firstOf(planArrivals(scenario, from), n);

describe('the plan of requests', () => {
  test.prop([seed])('is a function of scenario and seed', (s) => {
    const scenario = scenarioWith({ ratePerSecond: 500, postShare: 0.3 });
    expect(take(scenario, 200, s)).toEqual(take(scenario, 200, s));
  });

  test.prop([seed])(
    'each property has a stream of its own: changing one leaves the others',
    (s) => {
      const plain = firstOf(planArrivals(scenarioWith({ ratePerSecond: 500 }), s), 100);
      const posts = firstOf(
        planArrivals(scenarioWith({ ratePerSecond: 500, postShare: 0.5 }), s),
        100,
      );
      const keyed = firstOf(
        planArrivals(scenarioWith({ ratePerSecond: 500, keys: { count: 9, zipf: 2 } }), s),
        100,
      );
      const timing = (list: typeof plain): unknown => list.map(({ atMs, work }) => [atMs, work]);
      expect(timing(posts)).toEqual(timing(plain));
      expect(timing(keyed)).toEqual(timing(plain));
      expect(posts.map(({ key }) => key)).toEqual(plain.map(({ key }) => key));
    },
  );

  it('ends with the load, and its times never go back', () => {
    for (const arrivals of ['poisson', 'constant', { kind: 'bursty', onMs: 50, offMs: 150 }]) {
      const times = [...planArrivals(scenarioWith({ ratePerSecond: 200, arrivals }), 7)].map(
        ({ atMs }) => atMs,
      );
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times.at(-1)).toBeLessThan(100_000);
      // 20,000 expected; five standard deviations of a Poisson count are 707.
      expect(Math.abs(times.length - 20_000)).toBeLessThan(1500);
    }
  });

  it('constant arrivals are evenly spaced, to the last', () => {
    const times = [...planArrivals(scenarioWith({ ratePerSecond: 300, arrivals: 'constant' }), 1)];
    expect(times).toHaveLength(30_000);
    expect(times.at(-1)?.atMs).toBe(29_999 / 0.3);
  });

  it('Poisson arrivals have gaps with mean and standard deviation 1/rate', () => {
    const times = [...planArrivals(scenarioWith({ ratePerSecond: 500 }), 3)].map(
      ({ atMs }) => atMs,
    );
    const gaps = times.slice(1).map((t, i) => t - times[i]!);
    const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((a, b) => a + (b - mean) ** 2, 0) / gaps.length);
    expect(mean).toBeCloseTo(2, 1);
    expect(deviation / mean).toBeCloseTo(1, 1);
  });

  it('bursty arrivals come in bursts only, at the mean rate over all', () => {
    const arrivals = { kind: 'bursty', onMs: 200, offMs: 800 };
    const plan = [...planArrivals(scenarioWith({ ratePerSecond: 500, arrivals }), 3)];
    expect(plan.every(({ atMs }) => atMs % 1000 < 200)).toBe(true);
    expect(Math.abs(plan.length / 50_000 - 1)).toBeLessThan(0.03);
  });

  const change = (atMs: number, rate: number): object => ({
    atMs,
    action: { load: { ratePerSecond: rate } },
  });

  test.prop([seed])('a change of the rate leaves what comes before it as it was', (s) => {
    const load = { ratePerSecond: 50 };
    const plain = [...planArrivals(scenarioWith(load), s)];
    const changed = [...planArrivals(scenarioWith(load, { actions: [change(40_000, 90)] }), s)];
    const before = plain.filter(({ atMs }) => atMs < 41_000);
    expect(changed.slice(0, before.length)).toEqual(before);
    expect(changed[before.length]?.atMs).toBeGreaterThanOrEqual(41_000);
    expect(changed[before.length]?.work).toBe(plain[before.length]?.work);
  });

  it.each(['poisson', 'constant', { kind: 'bursty', onMs: 50, offMs: 150 }])(
    'each stretch of a load with changes has its own rate, 0 too, in order of time: %j',
    (arrivals) => {
      const actions = [change(49_000, 400), change(9000, 100), change(29_000, 0)];
      const scenario = scenarioWith({ ratePerSecond: 200, arrivals }, { actions });
      const times = [...planArrivals(scenario, 5)].map(({ atMs }) => atMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      const within = (from: number, to: number): number =>
        times.filter((t) => t >= from && t < to).length;
      const expected = [2000, 2000, 0, 20_000];
      const seen = [
        within(0, 10_000),
        within(10_000, 30_000),
        within(30_000, 50_000),
        within(50_000, 100_000),
      ];
      for (const [i, count] of seen.entries()) {
        // Five standard deviations of a Poisson count; bursts make no difference over whole periods.
        expect(Math.abs(count - expected[i]!)).toBeLessThanOrEqual(5 * Math.sqrt(expected[i]!));
      }
      const load = scenario.load as OpenLoad;
      expect(meanRequests({ ...scenario, load })).toBeCloseTo(24_000, 6);
    },
  );

  it('work is uniform, and so is the share of POST', () => {
    const plan = [
      ...planArrivals(scenarioWith({ ratePerSecond: 500, postShare: 0.25, bodyBytes: 99 }), 3),
    ];
    const posts = plan.filter(({ method }) => method === 'POST');
    expect(posts.length / plan.length).toBeCloseTo(0.25, 1);
    expect(posts.every(({ bodyBytes }) => bodyBytes === 99)).toBe(true);
    expect(plan.every(({ work }) => work >= 0 && work < 1)).toBe(true);
    expect(plan.reduce((sum, { work }) => sum + work, 0) / plan.length).toBeCloseTo(0.5, 1);
  });

  it('of a closed load has no times and no end', () => {
    const closed = scenarioWith({ kind: 'closed', connections: 3 });
    const plan = firstOf(planArrivals(closed, 1), 100_000);
    expect(plan.every(({ atMs }) => atMs === 0)).toBe(true);
    expect(plan).toHaveLength(100_000);
  });

  it('carries the hash that a live balancer makes of the same key', () => {
    const scenario = scenarioWith({ ratePerSecond: 10, keys: { count: 50, zipf: 1 } });
    const plan = new ArrivalPlan(scenario, 5);
    for (const { key } of planArrivals(scenario, 5)) {
      plan.advance();
      expect(plan.hashOf(plan.key)).toBe(hash32(key));
    }
  });
});

describe('keys', () => {
  it('follow Zipf: the i-th is i^−s as frequent as the first', () => {
    const keys = new KeyDistribution({ count: 100, zipf: 1 });
    const counts = new Array<number>(100).fill(0);
    const n = 1_000_000;
    for (let i = 0; i < n; i++) counts[keys.rankAt((i + 0.5) / n)]!++;
    const harmonic = counts.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
    for (const i of [0, 1, 9, 99]) expect(counts[i]! / n).toBeCloseTo(1 / (i + 1) / harmonic, 4);
  });

  test.prop([fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 3, noNaN: true })])(
    'every rank lies in range, at both ends of u',
    (count, zipf) => {
      const keys = new KeyDistribution({ count, zipf });
      expect(keys.rankAt(0)).toBe(0);
      expect(keys.rankAt(1 - 2 ** -32)).toBeLessThan(count);
      expect(keys.hash(count - 1)).toBe(hash32(keyName(count - 1)));
    },
  );
});

describe('the fleet', () => {
  it('has ids by number, or the plain one', () => {
    expect(backendIds({ id: 'a', count: 3 })).toEqual(['a-1', 'a-2', 'a-3']);
    expect(backendIds({ id: 'a', count: 1 })).toEqual(['a']);
    expect(
      expandFleet(scenarioWith({ ratePerSecond: 1 })).map(({ id, index }) => `${index} ${id}`),
    ).toEqual(['0 a-1', '1 a-2', '2 a-3', '3 b']);
  });

  it('serves Σ concurrency / mean, and a fraction of that is the rate', () => {
    const scenario = scenarioWith({ fraction: 0.5 });
    expect(capacityPerSecond(scenario)).toBeCloseTo(620, 9);
    expect(ratePerSecond({ ...scenario, load: scenario.load as OpenLoad })).toBeCloseTo(310, 9);
  });
});

describe('faults', () => {
  const faults = (...list: object[]): Scenario =>
    scenarioWith(
      { ratePerSecond: 1 },
      { faults: list.map((fault) => ({ fault: { kind: 'kill' }, ...fault })) },
    );
  const targets = (list: readonly ResolvedFault[]): string[] => list.map(({ target }) => target);

  test.prop([seed])('hit the backends that the seed says, always the same', (s) => {
    const scenario = faults({ atMs: 5, target: 'one' }, { atMs: 3, target: { percent: 50 } });
    const resolved = resolveFaults(scenario, s);
    expect(resolved).toEqual(resolveFaults(scenario, s));
    expect(resolved.map(({ startMs }) => startMs)).toEqual([1003, 1003, 1005]);
    expect(new Set(targets(resolved).slice(0, 2)).size).toBe(2);
  });

  test.prop([seed])('one more fault moves no other', (s) => {
    const first = { atMs: 5, target: 'one' };
    const alone = resolveFaults(faults(first), s);
    const together = resolveFaults(faults(first, { atMs: 9, target: 'one' }), s);
    expect(together[0]).toEqual(alone[0]);
  });

  it('over many seeds `one` is any of them, alike', () => {
    const counts = new Map<string, number>();
    for (let s = 0; s < 4000; s++) {
      const [target] = targets(resolveFaults(faults({ atMs: 0, target: 'one' }), s));
      counts.set(target!, (counts.get(target!) ?? 0) + 1);
    }
    expect(counts.size).toBe(4);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('count their times from the end of the warm-up; a percentage is rounded up', () => {
    const resolved = resolveFaults(faults({ atMs: 10, target: { percent: 30 }, forMs: 7 }), 1);
    expect(resolved).toHaveLength(2);
    expect(resolved[0]).toMatchObject({ startMs: 1010, endMs: 1017 });
    expect(targets(resolveFaults(faults({ atMs: 0, target: 'all' }), 1))).toEqual([
      'a-1',
      'a-2',
      'a-3',
      'b',
    ]);
  });

  it('one that outlasts the load lasts as long as the run, and one that a shortened load never reaches is left out', () => {
    const scenario = faults(
      { atMs: 98_000, target: 'b', forMs: 999 },
      { atMs: 98_000, target: 'b', forMs: 1000 },
      { atMs: 98_500, target: 'b' },
    );
    const ends = resolveFaults(scenario, 1).map(({ endMs }) => endMs);
    expect(ends).toEqual([99_999, undefined, undefined]);
    const load = { ...scenario.load, durationMs: 98_500 };
    expect(resolveFaults({ ...scenario, load }, 1).map(({ index }) => index)).toEqual([0, 1]);
  });
});

describe('actions', () => {
  test.prop([seed])('take out and give back the backends that the seed says', (s) => {
    const actions = [
      { atMs: 20, target: 'all', action: 'ready' },
      { atMs: 5, target: { percent: 50 }, action: 'drain' },
      { atMs: 9, action: { load: { ratePerSecond: 5 } } },
    ];
    const resolved = resolveActions(scenarioWith({ ratePerSecond: 1 }, { actions }), s);
    const states = resolved.map(({ atMs, state }) => `${atMs} ${state}`);
    expect(states).toEqual([...Array(2).fill('1005 drain'), ...Array(4).fill('1020 ready')]);
    expect(new Set(resolved.slice(0, 2).map(({ target }) => target)).size).toBe(2);
  });
});
