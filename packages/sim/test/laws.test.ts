/** Laws of every run, whatever is simulated. */

import { type RetryPolicy, strategies } from '@evenkeel/core';
import { accountedFor } from '@evenkeel/report';
import {
  FAULT_KINDS,
  loadScenario,
  planArrivals,
  recordedRequests,
  type Scenario,
} from '@evenkeel/sim';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { run, scenarioOf } from './support.ts';

const SETTINGS: Record<string, object> = {
  latency: { latencyMs: 50, jitterMs: 50 },
  failFirst: { n: 20 },
  bandwidth: { bytesPerSecond: 2000 },
  slowClose: { delayMs: 50 },
  leak: { msPerRequest: 0.5 },
};
const PROCESS = new Set(['kill', 'freeze', 'restart']);

const fault = fc
  .record({
    kind: fc.constantFrom(...FAULT_KINDS),
    rate: fc.constantFrom(0.1, 0.5, 1),
    atMs: fc.nat(1500),
    forMs: fc.option(fc.integer({ min: 1, max: 1500 }), { nil: undefined }),
    target: fc.constantFrom('one', 'all', 'web-1', { percent: 50 }),
  })
  .map(({ kind, rate, atMs, forMs, target }) => ({
    atMs,
    target,
    ...(forMs !== undefined && { forMs }),
    fault: { kind, ...SETTINGS[kind], ...(!PROCESS.has(kind) && { rate }) },
  }));

const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    faults: fc.array(fault, { maxLength: 5 }),
    seed: fc.nat(2 ** 31),
    kind: fc.constantFrom('open', 'closed'),
    fraction: fc.constantFrom(0.3, 0.9, 1.5),
    clientRetries: fc.nat(2),
    postShare: fc.constantFrom(0, 0.5),
    discipline: fc.constantFrom('fifo', 'processor-sharing'),
    queue: fc.constantFrom(0, 5, 100),
    balancers: fc.integer({ min: 1, max: 3 }),
    staleMs: fc.constantFrom(0, 50),
    responseHeadMs: fc.constantFrom(100, 15_000),
  })
  .map(({ faults, seed, kind, fraction, clientRetries, postShare, discipline, queue, ...rest }) => {
    const pace = kind === 'open' ? { fraction } : { connections: 20 };
    const load = {
      kind,
      ...pace,
      clientRetries,
      postShare,
      warmupMs: 100,
      durationMs: 2000,
      timeoutMs: 800,
    };
    const service = { distribution: 'exponential', meanMs: 20 };
    return scenarioOf({
      seed,
      faults,
      load,
      fleet: [{ id: 'web', count: 4, concurrency: 2, queue, discipline, service }],
      lb: { timeouts: { responseHeadMs: rest.responseHeadMs } },
      sim: { balancers: rest.balancers, staleMs: rest.staleMs },
    });
  });
const strategy = fc.constantFrom('round-robin', 'least-connections', 'power-of-two', 'peak-ewma');

describe('whatever breaks', () => {
  // `simulate` itself throws if a request or attempt is left over or Little's law does not hold.
  test.prop([scenario, strategy], { numRuns: 150 })(
    'every request is accounted for, and nothing but idempotent ones is served twice',
    (random, name) => {
      const result = run(random, name, { timeline: true });
      expect(accountedFor(result.requests)).toBe(result.requests.sent);
      expect(result.servedTwice).toBe(0);
      expect(result.utilization).toBeLessThanOrEqual(1 + 1e-9);
      expect(result.timeline.reduce((sum, { n }) => sum + n, 0)).toBe(result.requests.sent);
    },
  );

  test.prop([scenario, strategy], { numRuns: 30 })('one seed gives one run', (random, name) => {
    expect(run(random, name).traceHash).toBe(run(random, name).traceHash);
  });
});

describe('determinism', () => {
  it('another seed is another run', () => {
    const uniform = loadScenario('uniform');
    expect(run(uniform, 'random', { seed: 1 }).traceHash).not.toBe(
      run(uniform, 'random', { seed: 2 }).traceHash,
    );
  });

  it('a recorded plan replays the run, to the last event', () => {
    const uniform = loadScenario('uniform');
    const source = recordedRequests([...planArrivals(uniform, uniform.seed)]);
    expect(run(uniform, 'power-of-two', { source }).traceHash).toBe(
      run(uniform, 'power-of-two').traceHash,
    );
  });

  it('a trace changes nothing, and tells every request', () => {
    const uniform = loadScenario('uniform');
    const lines: string[] = [];
    const traced = run(uniform, 'round-robin', { trace: (line) => lines.push(line) });
    expect(traced.traceHash).toBe(run(uniform, 'round-robin').traceHash);
    const finished = lines.filter((line) => line.includes(' finished '));
    expect(finished.length).toBeGreaterThanOrEqual(traced.requests.sent);
    const times = lines.map((line) => Number(line.split(' ')[0]));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

describe('a strategy that breaks', () => {
  it('ends the run with its error', () => {
    const broken = {
      pick: () => {
        throw new Error('out of luck');
      },
    };
    expect(() => run(scenarioOf(), 'random', { strategy: () => broken })).toThrow('out of luck');
  });
});

describe('every strategy of the registry', () => {
  it.each(strategies.map(({ name }) => name))(
    '%s runs, and shares the work of equal backends out to all',
    (name) => {
      const result = run(scenarioOf(), name);
      expect(result.requests.ok).toBe(result.requests.sent);
      for (const { share } of result.backends) expect(share).toBeGreaterThan(0.05);
    },
  );
});

describe('clients', () => {
  it('a closed load never has more requests in flight than clients', () => {
    const load = { kind: 'closed', connections: 7, warmupMs: 0, durationMs: 5000 };
    const service = { distribution: 'constant', meanMs: 10 };
    const result = run(scenarioOf({ load, fleet: [{ id: 'a', concurrency: 7, service }] }));
    // Each of the seven is always in service: 700 per second, exactly.
    expect(result.requests.ok).toBe(3500);
    expect(result.backends[0]?.peakInFlight).toBe(7);
    expect(result.response.maxMs).toBe(10);
  });

  it('a client that repeats failed requests sends each at most so many times more', () => {
    const faults = [{ atMs: 0, target: 'all', fault: { kind: 'error' } }];
    const load = { kind: 'open', ratePerSecond: 100, warmupMs: 0, durationMs: 1000 };
    const once = run(scenarioOf({ faults, load }));
    const thrice = run(scenarioOf({ faults, load: { ...load, clientRetries: 2 } }));
    expect(thrice.requests.sent).toBe(3 * once.requests.sent);
  });

  it('a client that gives up frees its place in the queue, and work begun goes on', () => {
    const service = { distribution: 'constant', meanMs: 100 };
    const fleet = [{ id: 'a', concurrency: 1, queue: 100, service }];
    const load = {
      kind: 'open',
      ratePerSecond: 100,
      arrivals: 'constant',
      warmupMs: 0,
      durationMs: 1000,
      timeoutMs: 150,
    };
    const result = run(
      scenarioOf({ fleet, load, lb: { retries: 'off', passive: 'off', health: 'off' } }),
    );
    expect(result.requests.lost).toBeGreaterThan(80);
    // No request is served that has left the queue, so the slot is never idle while one waits.
    expect(result.utilization).toBeGreaterThan(0.95);
    expect(result.response.maxMs).toBeLessThanOrEqual(150);
  });

  it('the overhead is added to every response and to nothing else', () => {
    const overhead = { mean: 7, squaredCv: 0, sampleAt: () => 7 };
    const plain = run(scenarioOf());
    const slower = run(scenarioOf(), 'round-robin', { overhead });
    expect(slower.traceHash).toBe(plain.traceHash);
    expect(slower.response.meanMs).toBeCloseTo(plain.response.meanMs + 7, 9);
  });
});

describe('load figures that are out of date', () => {
  it('make least-connections worse than power-of-two: all balancers choose alike', () => {
    const base = loadScenario('old-news');
    const fresh = { ...base, sim: { balancers: 1, staleMs: 0 } };
    const mean = (of: Scenario, name: string): number => run(of, name).response.meanMs;
    expect(mean(fresh, 'least-connections')).toBeLessThan(mean(fresh, 'power-of-two'));
    expect(mean(base, 'least-connections')).toBeGreaterThan(mean(base, 'power-of-two'));
  });
});

describe('what an operator does', () => {
  it('a drained backend finishes what it has and gets nothing new until it is ready', () => {
    const actions = [
      { atMs: 1000, target: 'web-2', action: 'drain' },
      { atMs: 3000, target: 'web-2', action: 'ready' },
    ];
    const lines: string[] = [];
    const result = run(scenarioOf({ actions }), 'round-robin', { trace: (l) => lines.push(l) });
    const sent = lines.filter((line) => / attempt \d+ at web-2$/.test(line));
    const times = sent.map((line) => Number(line.split(' ')[0]));
    expect(times.filter((t) => t >= 1000 && t < 3000)).toEqual([]);
    expect(times.filter((t) => t < 1000).length).toBeGreaterThan(80);
    expect(times.filter((t) => t >= 3000).length).toBeGreaterThan(240);
    expect(result.requests.ok).toBe(result.requests.sent);
    expect(lines.filter((line) => line.includes(' operator '))).toEqual([
      '1000 operator drain web-2',
      '3000 operator ready web-2',
    ]);
  });

  it('a change of the load is met by all strategies alike', () => {
    const actions = [{ atMs: 2000, action: { load: { ratePerSecond: 100 } } }];
    const counts = ['random', 'least-connections'].map(
      (name) => run(scenarioOf({ actions }), name).requests.sent,
    );
    // 2 s at 400 and 4 s at 100 per second.
    expect(counts[0]).toBe(counts[1]);
    expect(Math.abs(counts[0]! - 1200)).toBeLessThan(175);
  });
});

describe('policies as values', () => {
  const never: RetryPolicy = {
    isBudgeted: false,
    after: () => ({ again: 'no', marksDown: false }),
    delayMs: () => 0,
  };
  const faults = [{ atMs: 0, target: 'web-1', fault: { kind: 'reset', rate: 0.2 } }];

  it('take the place of those that the scenario describes', () => {
    expect(run(scenarioOf({ faults })).retries).toBeGreaterThan(0);
    const result = run(scenarioOf({ faults }), 'round-robin', { policies: { retries: never } });
    expect(result.retries).toBe(0);
    expect(result.requests.errors.status5xx).toBeGreaterThan(0);
  });

  it('several balancers need a set each', () => {
    const scenario = scenarioOf({ faults, sim: { balancers: 3 } });
    let made = 0;
    const policies = (): { retries: RetryPolicy } => {
      made++;
      return { retries: never };
    };
    expect(run(scenario, 'round-robin', { policies }).retries).toBe(0);
    expect(made).toBe(3);
    expect(() => run(scenario, 'round-robin', { policies: { retries: never } })).toThrow(
      'policies must be a function for 3 balancers, got an object',
    );
  });
});
