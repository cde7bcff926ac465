/**
 * Strategies and policies from outside that throw, or return what they may not: one request fails,
 * the bookkeeping stays exact, and the pool and its balancer stay usable.
 */

import { describe, expect, test } from 'vitest';
import { type Cluster, type ClusterOptions, createCluster } from '../src/cluster.ts';
import { consecutiveFailures } from '../src/health/outlier.ts';
import { seededRandom } from '../src/random.ts';
import { retryBudget } from '../src/retry/budget.ts';
import { standardRetries } from '../src/retry/policy.ts';
import type { Endpoint, Strategy } from '../src/strategy.ts';
import { ManualClock } from '../src/testing/manual-clock.ts';
import { failed, OK, RecordedExchange } from './support/fixtures.ts';

const IDS = ['a', 'b', 'c'];

/** A fault that can be switched on and off. */
class Fault {
  isOn = false;

  /** Throws while it is on. */
  strike(): void {
    if (this.isOn) throw new Error('broken');
  }
}

interface World extends Cluster {
  readonly clock: ManualClock;
  readonly errors: string[];
}

function world(strategy: Strategy, more: Partial<ClusterOptions> = {}): World {
  const clock = new ManualClock();
  const errors: string[] = [];
  const cluster = createCluster({
    clock,
    random: seededRandom(1),
    strategy: () => strategy,
    observer: {
      policyFailed: (where, error) =>
        void errors.push(`${where}: ${error instanceof Error ? error.message : error}`),
    },
    ...more,
  });
  cluster.update(IDS.map((id) => ({ id })));
  return { ...cluster, clock, errors };
}

const first = (candidates: readonly Endpoint[]): Endpoint => candidates[0]!;

/** A request that is answered at once. */
function answered(): RecordedExchange {
  return new RecordedExchange(true, (attempt) => {
    attempt.firstByte();
    attempt.settle(OK);
  });
}

/** A request that fails wherever it is sent. */
function failing(): RecordedExchange {
  return new RecordedExchange(true, (attempt) => attempt.settle(failed()));
}

/** Nothing is in flight, and all that started is counted. */
function expectExact({ pool, balancer, clock }: World, requests: number): void {
  expect(pool.inFlight).toBe(0);
  expect(pool.members.map((member) => member.inFlight)).toEqual(pool.members.map(() => 0));
  expect(pool.members.reduce((sum, member) => sum + member.requests, 0)).toBe(requests);
  expect([balancer.queued, clock.pending]).toEqual([0, 0]);
}

/** One request meets the fault, and one before and one after it do not. */
function meet(w: World, fault: Fault, makeRequest = answered): RecordedExchange {
  const before = answered();
  w.balancer.dispatch(before);
  fault.isOn = true;
  const struck = makeRequest();
  w.balancer.dispatch(struck);
  w.clock.advance(1000);
  fault.isOn = false;
  const after = answered();
  w.balancer.dispatch(after);
  for (const x of [before, after]) expect(x.results.map(({ kind }) => kind)).toEqual(['ok']);
  return struck;
}

describe('a strategy that fails', () => {
  test('in pick: the request ends with an error, and was never sent', () => {
    const fault = new Fault();
    const w = world({
      pick(candidates: readonly Endpoint[]): Endpoint {
        fault.strike();
        return first(candidates);
      },
    });
    const x = meet(w, fault);
    expect(x.results).toEqual([{ kind: 'error', attempts: 0, failure: undefined }]);
    expect(w.errors).toEqual(['strategy, pick: broken']);
    expectExact(w, 2);
  });

  const elsewhere: Endpoint = world({ pick: first }).pool.members[0]!;
  test.each([
    ['nothing', undefined, 'nothing'],
    ['a word', 'a', 'a'],
    ['what only looks like an endpoint', { id: 'x', slot: 0, eligible: true }, 'x'],
    ['an endpoint of another pool', elsewhere, 'a'],
    ['what cannot be named', Object.create(null), 'an object'],
  ])('by picking %s: the request ends with an error', (_, picked, name) => {
    const fault = new Fault();
    const w = world({
      pick: (candidates) => (fault.isOn ? (picked as Endpoint) : first(candidates)),
    });
    const x = meet(w, fault);
    expect(x.results).toMatchObject([{ kind: 'error', attempts: 0 }]);
    expect(w.errors).toHaveLength(1);
    expect(w.errors[0]).toMatch(/^strategy, pick: the strategy picked .*, which is no candidate$/);
    expect(w.errors[0]).toContain(name);
    expectExact(w, 2);
  });

  test('by picking one that has left, or was tried: the request ends with an error', () => {
    let stubborn: Endpoint | undefined;
    const w = world({ pick: (candidates) => stubborn ?? first(candidates) });
    stubborn = w.pool.member('a')!;
    const retried = failing();
    w.balancer.dispatch(retried);
    w.clock.advance(1000);
    expect(retried.results).toMatchObject([{ kind: 'error', attempts: 1 }]);
    w.update([{ id: 'b' }]);
    const x = answered();
    w.balancer.dispatch(x);
    expect(x.results).toMatchObject([{ kind: 'error', attempts: 0 }]);
    stubborn = undefined;
    w.balancer.dispatch(answered());
    expectExact(w, 1);
  });

  test('in started: the request ends with an error, and nothing of it is counted', () => {
    const fault = new Fault();
    const calls = { started: 0, settled: 0 };
    const w = world({
      pick: first,
      started(): void {
        fault.strike();
        calls.started += 1;
      },
      settled(): void {
        calls.settled += 1;
      },
    });
    const x = meet(w, fault);
    expect(x.results).toMatchObject([{ kind: 'error', attempts: 0 }]);
    expect(x.attempts).toEqual([]);
    expect(w.errors).toEqual(['strategy, started: broken']);
    expect(calls).toEqual({ started: 2, settled: 2 });
    expectExact(w, 2);
  });

  test.each(['firstByte', 'settled'] as const)('in %s: the answer stands', (hook) => {
    const fault = new Fault();
    const w = world({ pick: first, [hook]: () => fault.strike() });
    const x = meet(w, fault);
    expect(x.results).toMatchObject([{ kind: 'ok', attempts: 1 }]);
    expect(w.errors).toEqual([`strategy, ${hook}: broken`]);
    expectExact(w, 3);
  });

  test('in prepare of an update: the update is made', () => {
    const fault = new Fault();
    const w = world({ pick: first, prepare: () => fault.strike() });
    fault.isOn = true;
    w.update([{ id: 'd' }]);
    expect(w.pool.members.map(({ id }) => id)).toEqual(['d']);
    expect(w.errors).toEqual(['strategy, prepare: broken']);
    const x = answered();
    w.balancer.dispatch(x);
    expect(x.results).toMatchObject([{ kind: 'ok' }]);
    expectExact(w, 1);
  });

  test('in prepare of a change of strategy: the pool keeps the one it had', () => {
    const w = world({ pick: first });
    const broken: Strategy = {
      pick: () => undefined as never,
      prepare(): void {
        throw new Error('broken');
      },
    };
    expect(() => w.pool.setStrategy(broken)).toThrow('broken');
    const x = answered();
    w.balancer.dispatch(x);
    expect(x.results).toMatchObject([{ kind: 'ok' }]);
  });

  test('while requests wait: each of them fails by itself, and the next is served', () => {
    let picks = 0;
    const w = world({
      pick(candidates: readonly Endpoint[]): Endpoint {
        picks += 1;
        if (picks === 2) throw new Error('broken');
        return first(candidates);
      },
    });
    w.update([{ id: 'a', maxConnections: 1 }]);
    const running = new RecordedExchange();
    w.balancer.dispatch(running);
    const [second, third] = [answered(), answered()];
    w.balancer.dispatch(second);
    w.balancer.dispatch(third);
    expect(w.balancer.queued).toBe(2);
    running.last.settle(OK);
    expect(second.results).toMatchObject([{ kind: 'error' }]);
    expect(third.results).toMatchObject([{ kind: 'ok' }]);
    expectExact(w, 2);
  });
});

describe('a policy that fails', () => {
  test.each(['record', 'forget'] as const)('an outlier detector in %s: requests go on', (name) => {
    const fault = new Fault();
    const detector = {
      record: () => undefined,
      forget: () => {},
      [name]: () => void fault.strike(),
    };
    const w = world({ pick: first }, { detector });
    const x = meet(w, fault);
    fault.isOn = true;
    w.update([...IDS, 'd'].map((id) => ({ id })));
    expect(x.results).toMatchObject([{ kind: 'ok' }]);
    expect(w.errors).toEqual([`outlier detector, ${name}: broken`]);
    expectExact(w, 3);
  });

  test.each(['after', 'delayMs'] as const)(
    'retries in %s: the request ends with an error',
    (name) => {
      const fault = new Fault();
      const standard = standardRetries(seededRandom(1));
      const retries = {
        ...standard,
        [name]: (...given: [never, never, never]) => {
          fault.strike();
          return standard[name](...given);
        },
      };
      const w = world({ pick: first }, { retries });
      const x = meet(w, fault, failing);
      expect(x.results).toMatchObject([
        { kind: 'error', attempts: 1, failure: { cause: 'reset' } },
      ]);
      expect(w.errors).toEqual([`retry policy, ${name}: broken`]);
      expectExact(w, 3);
    },
  );

  test('retries by a wait that is no number: the request ends with an error', () => {
    const retries = { ...standardRetries(seededRandom(1)), delayMs: () => Number.NaN };
    const w = world({ pick: first }, { retries });
    const x = failing();
    w.balancer.dispatch(x);
    expect(x.results).toMatchObject([{ kind: 'error', attempts: 1 }]);
    expectExact(w, 1);
  });

  test('retries that a driver asks about: no retry, one report', () => {
    const retries = {
      ...standardRetries(seededRandom(1)),
      after: () => {
        throw new Error('broken');
      },
    };
    const w = world({ pick: first }, { retries });
    const x = new RecordedExchange();
    w.balancer.dispatch(x);
    expect(w.balancer.wouldRetry(x, failed())).toBe(false);
    expect(w.balancer.wouldRetry(x, failed())).toBe(false);
    x.last.settle(failed());
    expect(x.results).toMatchObject([{ kind: 'error' }]);
    expect(w.errors).toEqual(['retry policy, after: broken']);
    expectExact(w, 1);
  });

  test.each(['deposit', 'canAfford', 'withdraw'] as const)(
    'a budget in %s: the request ends with an error',
    (name) => {
      const fault = new Fault();
      const standard = retryBudget();
      const budget = {
        ...standard,
        [name]: (nowMs: number) => {
          fault.strike();
          return standard[name](nowMs);
        },
      };
      const w = world({ pick: first }, { budget });
      const x = meet(w, fault, failing);
      expect(x.results.map(({ kind }) => kind)).toEqual(['error']);
      expect(x.attempts).toHaveLength(name === 'deposit' ? 0 : 1);
      expect(w.errors).toHaveLength(1);
      expectExact(w, 3);
    },
  );

  test.each([
    ['throws', () => new Fault().strike.call({ isOn: true } as Fault)],
    ['gives no number', () => Number.NaN],
    ['gives more than all', () => 2],
  ])('slow start that %s: the endpoint gets its full share', (_, factor) => {
    const slowStart = { windowMs: 60_000, factor: factor as () => number };
    const w = world({ pick: first }, { slowStart });
    w.update([...IDS, 'd'].map((id) => ({ id })));
    expect(w.pool.member('d')?.effectiveWeight).toBe(1);
    expect(w.errors[0]).toMatch(/^slow start, factor: /);
    w.balancer.dispatch(answered());
    expectExact(w, 1);
  });

  test.each([
    ['throws', () => new Fault().strike.call({ isOn: true } as Fault), /^panic rule, inPanic: /],
    ['gives a number', () => 1, undefined],
  ])('a panic rule that %s: there is no panic', (_, inPanic, says) => {
    const w = world(
      { pick: first },
      { panic: { inPanic: inPanic as () => boolean }, detector: consecutiveFailures(1) },
    );
    w.balancer.dispatch(failing());
    expect(w.pool.members.filter(({ state }) => state === 'ejected').length).toBeGreaterThan(0);
    expect(w.pool.ready.map(({ state }) => state)).not.toContain('ejected');
    if (says === undefined) expect(w.errors).toEqual([]);
    else expect(w.errors[0]).toMatch(says);
  });
});
