import { describe, expect, test } from 'vitest';
import { cyclic, failed, OK, RecordedExchange } from '../../test/support/fixtures.ts';
import type { Attempt } from '../attempt.ts';
import { type Cluster, type ClusterOptions, createCluster } from '../cluster.ts';
import type { EndpointSpec } from '../pool.ts';
import { seededRandom } from '../random.ts';
import { retryBudget } from '../retry/budget.ts';
import { classicRetries, standardRetries } from '../retry/policy.ts';
import type { Outcome } from '../strategy.ts';
import { ManualClock } from '../testing/manual-clock.ts';

function cluster(
  specs: readonly EndpointSpec[],
  over: Partial<ClusterOptions> = {},
): Cluster & { clock: ManualClock } {
  const clock = new ManualClock();
  const random = seededRandom(1);
  const made = createCluster({ clock, random, strategy: () => cyclic(), ...over });
  made.update(specs);
  return { ...made, clock };
}

const ids = (x: RecordedExchange): string[] => x.attempts.map((attempt) => attempt.endpoint.id);
const THREE = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
const FIVE = [...THREE, { id: 'd' }, { id: 'e' }];
const REFUSED = failed({ cause: 'refused', requestSent: false });

describe('one request', () => {
  test('ends once, with its attempts counted', () => {
    const { balancer, clock } = cluster(THREE);
    const x = new RecordedExchange();
    balancer.dispatch(x);
    x.last.settle(OK);
    expect(x.results).toEqual([{ kind: 'ok', attempts: 1, failure: undefined }]);
    expect(clock.pending).toBe(0);
  });

  test('is refused at once when no endpoint may be asked', () => {
    const { balancer } = cluster([]);
    const x = new RecordedExchange();
    balancer.dispatch(x);
    expect(x.results).toEqual([{ kind: 'none', attempts: 0, failure: undefined }]);
  });

  test('a record is free again inside finished', () => {
    const { balancer } = cluster(THREE);
    const x = new RecordedExchange(true, (attempt) => attempt.settle(OK));
    x.onFinished = () => {
      if (x.results.length === 1) balancer.dispatch(x);
    };
    balancer.dispatch(x);
    expect(x.results.map((r) => r.kind)).toEqual(['ok', 'ok']);
  });

  test('a record in use cannot be dispatched again', () => {
    const { balancer } = cluster(THREE);
    const x = new RecordedExchange();
    balancer.dispatch(x);
    expect(() => balancer.dispatch(x)).toThrow('already being dispatched');
  });
});

describe('retries', () => {
  test('go elsewhere each time, up to the number of tries', () => {
    const { balancer, clock } = cluster(THREE);
    const x = new RecordedExchange(true, (attempt) => attempt.settle(REFUSED));
    balancer.dispatch(x);
    clock.advance(1000);
    expect(ids(x).sort()).toEqual(['a', 'b', 'c']);
    expect(x.results).toEqual([{ kind: 'failed', attempts: 3, failure: REFUSED }]);
    expect(clock.pending).toBe(0);
  });

  test('of what has been sent go to one more endpoint, with failed dials before and between', () => {
    const { balancer, clock } = cluster(FIVE, {
      retries: standardRetries(seededRandom(1), { tries: 5 }),
    });
    const SENT = failed();
    const endings = [REFUSED, SENT, REFUSED, SENT, SENT];
    const x = new RecordedExchange(true, (attempt) =>
      attempt.settle(endings[x.attempts.length - 1] ?? OK),
    );
    balancer.dispatch(x);
    clock.advance(10_000);
    expect(x.results).toEqual([{ kind: 'failed', attempts: 4, failure: SENT }]);
    // The record is used again: what its last request had sent does not count.
    const y = x.attempts.length;
    balancer.dispatch(x);
    clock.advance(10_000);
    expect(x.attempts.length).toBeGreaterThan(y);
  });

  test('wait less than 25 ms before the first and 75 ms before the second', () => {
    const waits: number[][] = [[], []];
    for (let seed = 0; seed < 200; seed++) {
      const { balancer, clock } = cluster(THREE, { random: seededRandom(seed) });
      const sentMs: number[] = [];
      const x = new RecordedExchange(true, (attempt) => {
        sentMs.push(attempt.startedMs);
        attempt.settle(REFUSED);
      });
      balancer.dispatch(x);
      clock.advance(1000);
      waits[0]!.push(sentMs[1]! - sentMs[0]!);
      waits[1]!.push(sentMs[2]! - sentMs[1]!);
    }
    for (const [i, limit] of [25, 75].entries()) {
      expect(Math.max(...waits[i]!)).toBeLessThan(limit);
      expect(Math.max(...waits[i]!)).toBeGreaterThan(limit * 0.9);
      expect(Math.min(...waits[i]!)).toBeLessThan(limit * 0.1);
    }
  });

  test.each([
    ['not idempotent, bytes sent', false, failed(), false],
    ['not idempotent, no byte sent', false, failed({ requestSent: false }), true],
    ['idempotent, body gone', true, failed({ replayable: false }), false],
    ['no byte sent, body gone', true, failed({ requestSent: false, replayable: false }), false],
    ['a status, which is an answer', true, failed({ cause: 'status', status: 503 }), false],
    ['refused', true, failed({ cause: 'refused', requestSent: false }), true],
    ['timed out', true, failed({ cause: 'timeout' }), false],
    ['garbage', true, failed({ cause: 'protocol' }), true],
  ])('%s: idempotent=%s → retried=%4$s', (_, idempotent, failure, isRetried) => {
    const { balancer, clock } = cluster(THREE);
    const x = new RecordedExchange(idempotent);
    balancer.dispatch(x);
    expect(balancer.wouldRetry(x, failure)).toBe(isRetried);
    x.last.settle(failure);
    clock.advance(100);
    expect(x.attempts).toHaveLength(isRetried ? 2 : 1);
  });

  test('never happen once the response head went out', () => {
    const { balancer, clock } = cluster(THREE);
    const x = new RecordedExchange();
    balancer.dispatch(x);
    x.last.commit();
    expect(balancer.wouldRetry(x, failed())).toBe(false);
    x.last.settle(failed());
    clock.advance(100);
    expect(x.results).toMatchObject([{ kind: 'failed', attempts: 1 }]);
  });

  test('stop when the budget is spent', () => {
    const budget = retryBudget({ ratio: 0, floorPerSecond: 0.2 });
    const { balancer, clock } = cluster(THREE, { budget });
    const xs = [1, 2, 3].map(() => new RecordedExchange());
    for (const x of xs) {
      balancer.dispatch(x);
      x.last.settle(failed());
      clock.advance(100);
    }
    expect(xs.map((x) => x.attempts.length)).toEqual([2, 2, 1]);
  });

  test('a retry that finds no endpoint reports the failure before it', () => {
    const { balancer, clock, pool } = cluster([{ id: 'a' }]);
    const x = new RecordedExchange();
    balancer.dispatch(x);
    x.last.settle(failed());
    pool.setHealth(pool.member('a')!, 'down', 'test');
    clock.advance(100);
    expect(x.results).toEqual([{ kind: 'failed', attempts: 1, failure: failed() }]);
  });

  test('the classic way: 1 + 3 tries at a server, 10 ms apart, then down and on to the next', () => {
    const { balancer, clock, pool } = cluster(THREE, { retries: classicRetries() });
    const sentMs: number[] = [];
    const x = new RecordedExchange(true, (attempt) => {
      sentMs.push(attempt.startedMs);
      attempt.settle(failed({ cause: 'refused', requestSent: false }));
    });
    balancer.dispatch(x);
    clock.advance(1000);
    const runs = ids(x).join('').match(/.{4}/g);
    expect(runs?.sort()).toEqual(['aaaa', 'bbbb', 'cccc']);
    expect(sentMs).toEqual(sentMs.map((_, i) => i * 10));
    expect(x.results).toMatchObject([{ kind: 'failed', attempts: 12 }]);
    // There are no probes here, so they are out for a time, and the last one stays.
    expect(pool.members.filter((m) => m.state === 'ejected')).not.toHaveLength(0);
  });

  test('the classic way ends even where none can be taken out', () => {
    const { balancer, clock, pool } = cluster(THREE, { retries: classicRetries() });
    pool.setAdminState('b', 'maintenance');
    pool.setAdminState('c', 'maintenance');
    const x = new RecordedExchange(true, (attempt) => attempt.settle(failed()));
    balancer.dispatch(x);
    clock.advance(10_000);
    expect(x.results).toMatchObject([{ kind: 'failed', attempts: 5 }]);
    expect(clock.pending).toBe(0);
  });

  test('are earned by attempts: a request that is refused at once earns none', () => {
    const budget = retryBudget({ ratio: 1, floorPerSecond: 0 });
    const { balancer } = cluster([{ id: 'a', maxConnections: 1 }], { budget, queueLength: 0 });
    const xs = [0, 1, 2].map(() => new RecordedExchange());
    for (const x of xs) balancer.dispatch(x);
    expect(xs.map((x) => x.attempts.length)).toEqual([1, 0, 0]);
    expect([budget.withdraw(0), budget.withdraw(0)]).toEqual([true, false]);
  });

  test('earn none themselves, and are not promised once the budget is spent', () => {
    const budget = retryBudget({ ratio: 1, floorPerSecond: 0 });
    const { balancer, clock } = cluster(THREE, { budget });
    const x = new RecordedExchange();
    balancer.dispatch(x);
    expect(balancer.wouldRetry(x, failed())).toBe(true);
    x.last.settle(failed());
    clock.advance(100);
    expect(balancer.wouldRetry(x, failed())).toBe(false);
    expect(budget.canAfford(clock.now())).toBe(false);
  });

  test('of a policy without a budget are promised whatever the budget says', () => {
    const budget = retryBudget({ ratio: 0, floorPerSecond: 0 });
    const { balancer } = cluster(THREE, { budget, retries: classicRetries() });
    const x = new RecordedExchange();
    expect(balancer.wouldRetry(x, failed())).toBe(false);
    balancer.dispatch(x);
    expect(balancer.wouldRetry(x, failed())).toBe(true);
  });

  test('that succeed leave no failure in the result', () => {
    const { balancer, clock } = cluster(THREE);
    const x = new RecordedExchange();
    balancer.dispatch(x);
    x.last.settle(failed());
    clock.advance(100);
    x.last.settle(OK);
    expect(x.results).toEqual([{ kind: 'ok', attempts: 2, failure: undefined }]);
  });

  test('at the same server go to another when it has been taken out meanwhile', () => {
    const { balancer, clock, pool } = cluster(THREE, { retries: classicRetries() });
    const x = new RecordedExchange();
    balancer.dispatch(x);
    x.last.settle(failed());
    pool.setAdminState(ids(x)[0]!, 'maintenance');
    clock.advance(10);
    expect(new Set(ids(x)).size).toBe(2);
  });

  test('do not wait behind those that a full primary holds up, when a backup would take them', () => {
    const { balancer, clock } = cluster([
      { id: 'a', maxConnections: 1 },
      { id: 'spare', backup: true },
    ]);
    const [retried, holdsA, waits] = [0, 1, 2].map(() => new RecordedExchange()) as [
      RecordedExchange,
      RecordedExchange,
      RecordedExchange,
    ];
    balancer.dispatch(retried);
    retried.last.settle(failed());
    balancer.dispatch(holdsA);
    balancer.dispatch(waits);
    expect(balancer.queued).toBe(1);
    clock.advance(50);
    expect(ids(retried)).toEqual(['a', 'spare']);
  });

  test('a policy of one’s own can be put in their place', () => {
    const { balancer, clock } = cluster(THREE, {
      retries: { ...standardRetries(seededRandom(1), { tries: 99 }), delayMs: () => 1 },
    });
    const x = new RecordedExchange(true, (attempt) => attempt.settle(REFUSED));
    balancer.dispatch(x);
    clock.advance(1000);
    expect(x.attempts).toHaveLength(99);
  });
});

describe('the waiting line', () => {
  const ONE = [{ id: 'a', maxConnections: 1 }];

  test('serves in order of arrival as places come free', () => {
    const { balancer } = cluster(ONE);
    const order: number[] = [];
    const xs = [0, 1, 2, 3].map((i) => new RecordedExchange(true, () => order.push(i)));
    for (const x of xs) balancer.dispatch(x);
    expect(balancer.queued).toBe(3);
    for (const x of xs) x.last.settle(OK);
    expect(order).toEqual([0, 1, 2, 3]);
    expect(balancer.queued).toBe(0);
  });

  test('ends a wait that was too long, each at its own time', () => {
    const { balancer, clock } = cluster(ONE);
    const xs = [0, 1, 2].map(() => new RecordedExchange());
    for (const x of xs) {
      balancer.dispatch(x);
      clock.advance(100);
    }
    clock.advance(799);
    expect(xs.map((x) => x.results.length)).toEqual([0, 0, 0]);
    clock.advance(1);
    expect(xs[1]!.results).toEqual([{ kind: 'queue-timeout', attempts: 0, failure: undefined }]);
    clock.advance(99);
    expect(xs[2]!.results).toEqual([]);
    clock.advance(1);
    expect(xs[2]!.results).toMatchObject([{ kind: 'queue-timeout' }]);
    xs[0]!.last.settle(OK);
    expect(clock.pending).toBe(0);
  });

  test('is bounded', () => {
    const { balancer } = cluster(ONE, { queueLength: 2 });
    const xs = [0, 1, 2, 3].map(() => new RecordedExchange());
    for (const x of xs) balancer.dispatch(x);
    expect(xs[3]!.results).toMatchObject([{ kind: 'queue-full' }]);
    expect(balancer.queued).toBe(2);
  });

  test('is told at once when no endpoint is left', () => {
    const { balancer, pool } = cluster(ONE);
    const xs = [0, 1, 2].map(() => new RecordedExchange());
    for (const x of xs) balancer.dispatch(x);
    pool.setHealth(pool.member('a')!, 'down', 'test');
    expect(xs.map((x) => x.results.map((r) => r.kind))).toEqual([[], ['none'], ['none']]);
  });

  test('is served when an update brings room', () => {
    const { balancer, pool } = cluster(ONE);
    const xs = [0, 1].map(() => new RecordedExchange());
    for (const x of xs) balancer.dispatch(x);
    pool.update([...ONE, { id: 'b' }]);
    expect(ids(xs[1]!)).toEqual(['b']);
  });

  test('lets others pass a retry whose only free endpoint has failed it', () => {
    const { balancer, clock } = cluster([
      { id: 'a', maxConnections: 1 },
      { id: 'b', maxConnections: 1 },
    ]);
    const [retried, holdsB, waits] = [0, 1, 2].map(() => new RecordedExchange()) as [
      RecordedExchange,
      RecordedExchange,
      RecordedExchange,
    ];
    balancer.dispatch(retried);
    balancer.dispatch(holdsB);
    retried.last.settle(failed());
    clock.advance(50);
    expect(balancer.queued).toBe(1);
    balancer.dispatch(waits);
    expect(ids(waits)).toEqual(['a']);
    holdsB.last.settle(OK);
    expect(ids(retried)).toEqual(['a', 'b']);
  });

  test('lets queued requests pass a retry that must wait for another endpoint', () => {
    const { balancer, clock } = cluster([
      { id: 'a', maxConnections: 1 },
      { id: 'b', maxConnections: 1 },
    ]);
    const xs = [0, 1, 2, 3].map(() => new RecordedExchange());
    const [retried, holdsB, holdsA, waits] = xs as [
      RecordedExchange,
      RecordedExchange,
      RecordedExchange,
      RecordedExchange,
    ];
    for (const x of [retried, holdsB]) balancer.dispatch(x);
    retried.last.settle(failed());
    balancer.dispatch(holdsA);
    clock.advance(50);
    balancer.dispatch(waits);
    expect(balancer.queued).toBe(2);
    holdsA.last.settle(OK);
    expect([ids(retried), ids(waits)]).toEqual([['a'], ['a']]);
    holdsB.last.settle(OK);
    expect(ids(retried)).toEqual(['a', 'b']);
  });
});

describe('cancelling', () => {
  const states: [string, (c: ReturnType<typeof cluster>, x: RecordedExchange) => void][] = [
    ['running', () => {}],
    [
      'backing off',
      (_, x) => {
        x.last.settle(failed());
      },
    ],
  ];

  test.each(states)('while %s ends it once, leaving nothing behind', (_, prepare) => {
    const c = cluster(THREE);
    const x = new RecordedExchange();
    c.balancer.dispatch(x);
    prepare(c, x);
    c.balancer.cancel(x);
    c.balancer.cancel(x);
    c.clock.advance(1000);
    expect(x.results).toMatchObject([{ kind: 'cancelled' }]);
    expect(c.pool.inFlight).toBe(0);
    expect(c.clock.pending).toBe(0);
  });

  test('while queued leaves the others in order', () => {
    const { balancer, clock } = cluster([{ id: 'a', maxConnections: 1 }]);
    const xs = [0, 1, 2, 3].map(() => new RecordedExchange());
    for (const x of xs) balancer.dispatch(x);
    balancer.cancel(xs[2]!);
    balancer.cancel(xs[1]!);
    xs[0]!.last.settle(OK);
    expect(xs[3]!.attempts).toHaveLength(1);
    xs[3]!.last.settle(OK);
    expect(clock.pending).toBe(0);
    expect(xs.map((x) => x.results[0]?.kind)).toEqual(['ok', 'cancelled', 'cancelled', 'ok']);
  });

  test('while running tells the driver to stop, and counts no failure', () => {
    const heard: Outcome[] = [];
    const observer = { settled: (_: unknown, outcome: Outcome) => heard.push(outcome) };
    const { balancer, pool, clock } = cluster(THREE, { observer });
    clock.advance(70);
    const x = new RecordedExchange();
    balancer.dispatch(x);
    const attempt: Attempt = x.last;
    clock.advance(30);
    balancer.cancel(x);
    expect(x.aborted).toEqual([attempt]);
    expect(heard).toEqual([{ kind: 'cancelled', latencyMs: 30 }]);
    expect(() => attempt.settle(OK)).toThrow('settled twice');
    expect(pool.members.map((m) => m.failures)).toEqual([0, 0, 0]);
  });

  test('makes room for a queued request', () => {
    const { balancer } = cluster([{ id: 'a', maxConnections: 1 }]);
    const [first, second] = [new RecordedExchange(), new RecordedExchange()];
    balancer.dispatch(first);
    balancer.dispatch(second);
    balancer.cancel(first);
    expect(second.attempts).toHaveLength(1);
  });
});
