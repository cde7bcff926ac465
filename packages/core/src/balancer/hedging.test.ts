import { fc, test as propertyTest } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { cyclic, failed, OK, RecordedExchange } from '../../test/support/fixtures.ts';
import type { Attempt } from '../attempt.ts';
import { type Cluster, type ClusterOptions, createCluster } from '../cluster.ts';
import { seededRandom } from '../random.ts';
import { retryBudget } from '../retry/budget.ts';
import type { HedgePolicy } from '../retry/hedge.ts';
import { standardRetries } from '../retry/policy.ts';
import type { Outcome } from '../strategy.ts';
import { ManualClock } from '../testing/manual-clock.ts';

const DELAY_MS = 100;

/** A second try after a fixed time; remembers what it was told. */
class FixedHedge implements HedgePolicy {
  readonly observed: number[] = [];

  observe(latencyMs: number): void {
    this.observed.push(latencyMs);
  }

  delayMs(): number {
    return DELAY_MS;
  }
}

class HedgedExchange extends RecordedExchange {
  mayHedge = true;
  affinity: string | undefined = undefined;
}

function setUp(ids: readonly string[], more: Partial<ClusterOptions> = {}) {
  const clock = new ManualClock();
  const hedge = new FixedHedge();
  const ended: Outcome[] = [];
  const cluster = createCluster({
    clock,
    random: seededRandom(1),
    strategy: () => cyclic(),
    retries: standardRetries(seededRandom(2), { on: ['connect', 'reset', 'status'] }),
    hedge,
    observer: { settled: (_, outcome) => void ended.push(outcome) },
    ...more,
  });
  cluster.update(ids.map((id) => ({ id })));
  return { clock, hedge, cluster, ended };
}

function dispatched(cluster: Cluster, idempotent = true): HedgedExchange {
  const x = new HedgedExchange(idempotent);
  cluster.balancer.dispatch(x);
  return x;
}

const idsOf = (attempts: readonly Attempt[]): string[] =>
  attempts.map(({ endpoint }) => endpoint.id);

function answer(attempt: Attempt): void {
  attempt.commit();
  attempt.settle(OK);
}

describe('a slow request', () => {
  test('is sent to another endpoint too, after the delay and not before', () => {
    const { clock, cluster } = setUp(['a', 'b', 'c']);
    const x = dispatched(cluster);
    clock.advance(DELAY_MS - 1);
    expect(idsOf(x.attempts)).toEqual(['a']);
    clock.advance(1);
    expect(idsOf(x.attempts)).toEqual(['a', 'c']);
    clock.advance(10 * DELAY_MS);
    expect(x.attempts).toHaveLength(2);
  });

  test.each([0, 1])('ends with the answer of attempt %i, and the other is cancelled', (winner) => {
    const { clock, cluster, ended } = setUp(['a', 'b']);
    const x = dispatched(cluster);
    clock.advance(DELAY_MS);
    const loser = x.attempts[1 - winner]!;
    x.attempts[winner]!.commit();
    expect(x.aborted).toEqual([loser]);
    expect(ended).toEqual([expect.objectContaining({ kind: 'cancelled' })]);
    expect(loser.endpoint.inFlight).toBe(0);
    expect(x.results).toEqual([]);
    x.attempts[winner]!.settle(OK);
    expect(x.results).toEqual([{ kind: 'ok', attempts: 2, failure: undefined }]);
    expect(cluster.pool.inFlight).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('one that is answered in time is not', () => {
    const { clock, cluster } = setUp(['a', 'b']);
    const x = dispatched(cluster);
    clock.advance(DELAY_MS - 1);
    x.last.commit();
    clock.advance(10 * DELAY_MS);
    expect(x.attempts).toHaveLength(1);
    x.last.settle(OK);
  });

  test.each([0, 1])('goes on with the other when attempt %i fails, and is not retried', (first) => {
    const { clock, cluster } = setUp(['a', 'b', 'c']);
    const x = dispatched(cluster);
    clock.advance(DELAY_MS);
    const status = failed({ cause: 'status', status: 503 });
    expect(cluster.balancer.wouldRetry(x, status)).toBe(true);
    x.attempts[first]!.settle(status);
    clock.advance(10 * DELAY_MS);
    expect(x.results).toEqual([]);
    answer(x.attempts[1 - first]!);
    expect(x.results).toEqual([{ kind: 'ok', attempts: 2, failure: undefined }]);
    expect(x.aborted).toEqual([]);
  });

  test('an answer that is no failure is not left for the other', () => {
    const { clock, cluster } = setUp(['a', 'b']);
    const x = dispatched(cluster);
    clock.advance(DELAY_MS);
    const notFound = failed({ cause: 'status', status: 404 });
    expect(cluster.balancer.wouldRetry(x, notFound)).toBe(false);
  });

  test('fails when both have: what was sent twice is not sent again', () => {
    const { clock, cluster } = setUp(['a', 'b', 'c']);
    const x = dispatched(cluster);
    clock.advance(DELAY_MS);
    for (const attempt of [...x.attempts]) attempt.settle(failed());
    clock.advance(10 * DELAY_MS);
    expect(x.attempts).toHaveLength(2);
    expect(x.results).toMatchObject([{ kind: 'failed', attempts: 2 }]);
  });

  test('goes on with the other when the driver could not make one', () => {
    const { clock, cluster } = setUp(['a', 'b']);
    const x = dispatched(cluster);
    clock.advance(DELAY_MS);
    x.attempts[1]!.settle({ kind: 'cancelled', latencyMs: 0 });
    expect(x.results).toEqual([]);
    answer(x.attempts[0]!);
    expect(x.results).toEqual([{ kind: 'ok', attempts: 2, failure: undefined }]);
  });

  test('makes room for a queued request when one of the two fails', () => {
    const { clock, cluster } = setUp([]);
    cluster.update(['a', 'b'].map((id) => ({ id, maxConnections: 1 })));
    const x = dispatched(cluster);
    clock.advance(DELAY_MS);
    const queued = dispatched(cluster);
    expect(queued.attempts).toEqual([]);
    x.attempts[1]!.settle(failed());
    expect(queued.attempts).toHaveLength(1);
    for (const one of [x.attempts[0]!, queued.last]) answer(one);
  });

  test('teaches how long the first try took, or at least took', () => {
    const { clock, cluster, hedge } = setUp(['a', 'b']);
    const quick = dispatched(cluster);
    clock.advance(30);
    answer(quick.last);
    const slow = dispatched(cluster);
    clock.advance(DELAY_MS + 5);
    answer(slow.last);
    const failing = dispatched(cluster);
    clock.advance(DELAY_MS);
    failing.last.settle(failed());
    clock.advance(70);
    answer(failing.attempts[0]!);
    expect(hedge.observed).toEqual([30, DELAY_MS + 5, DELAY_MS + 70]);
  });
});

describe('no second try is made', () => {
  test.each([
    ['of a session', { affinity: 'a' }],
    ['while the driver cannot', { mayHedge: false }],
  ])('%s', (_, change) => {
    const { clock, cluster } = setUp(['a', 'b']);
    const x = new HedgedExchange();
    Object.assign(x, change);
    cluster.balancer.dispatch(x);
    clock.advance(10 * DELAY_MS);
    expect(x.attempts).toHaveLength(1);
  });

  test('before the driver can, but then', () => {
    const { clock, cluster } = setUp(['a', 'b']);
    const x = new HedgedExchange();
    x.mayHedge = false;
    cluster.balancer.dispatch(x);
    clock.advance(DELAY_MS);
    x.mayHedge = true;
    clock.advance(DELAY_MS - 1);
    expect(x.attempts).toHaveLength(1);
    clock.advance(1);
    expect(x.attempts).toHaveLength(2);
    answer(x.last);
    expect(clock.pending).toBe(0);
  });

  test('at the same endpoint, where no other may be asked', () => {
    const { clock, cluster } = setUp(['a', 'b']);
    cluster.pool.setHealth(cluster.pool.member('b')!, 'down', 'test');
    const x = dispatched(cluster);
    clock.advance(10 * DELAY_MS);
    expect(idsOf(x.attempts)).toEqual(['a']);
    expect(cluster.pool.member('a')!.requests).toBe(1);
  });

  test('before a request that waits for an endpoint', () => {
    const { clock, cluster } = setUp([]);
    cluster.update([
      { id: 'a', maxConnections: 1 },
      { id: 'b', maxConnections: 1 },
    ]);
    const [x, y, z] = [1, 2, 3].map(() => dispatched(cluster));
    answer(y!.last);
    expect(z!.attempts).toHaveLength(1);
    clock.advance(DELAY_MS);
    expect(x!.attempts).toHaveLength(1);
  });

  test('once it is switched off, and requests that are hedged end well', () => {
    const { clock, cluster } = setUp(['a', 'b']);
    const hedged = dispatched(cluster);
    clock.advance(DELAY_MS);
    const waiting = dispatched(cluster);
    cluster.setPolicies({ hedge: undefined });
    clock.advance(DELAY_MS);
    expect([hedged, waiting].map((x) => x.attempts.length)).toEqual([2, 1]);
    answer(hedged.attempts[0]!);
    expect(hedged.aborted).toHaveLength(1);
  });

  test('by a policy that throws, and its request ends as it would', () => {
    const errors: string[] = [];
    const broken = (): never => {
      throw new Error('broken');
    };
    const { clock, cluster } = setUp(['a', 'b'], {
      hedge: { observe: broken, delayMs: broken },
      observer: { policyFailed: (where) => void errors.push(where) },
    });
    const x = dispatched(cluster);
    clock.advance(10 * DELAY_MS);
    answer(x.last);
    expect(x.results).toMatchObject([{ kind: 'ok', attempts: 1 }]);
    expect(errors).toEqual(['hedge policy, delayMs', 'hedge policy, observe']);
  });
});

test('cancelling ends both tries', () => {
  const { clock, cluster, ended } = setUp(['a', 'b']);
  const x = dispatched(cluster);
  clock.advance(DELAY_MS);
  cluster.balancer.cancel(x);
  expect(x.aborted).toHaveLength(2);
  expect(ended.map(({ kind }) => kind)).toEqual(['cancelled', 'cancelled']);
  expect(x.results).toMatchObject([{ kind: 'cancelled', attempts: 2 }]);
  expect([cluster.pool.inFlight, clock.pending]).toEqual([0, 0]);
});

type Step = readonly [what: string, which: number];
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom('get', 'get', 'post', 'pass', 'pass', 'commit', 'ok', 'fail', 'cancel', 'down'),
    fc.nat({ max: 9 }),
  ),
  { maxLength: 60 },
);

propertyTest.prop([steps], { numRuns: 150 })(
  'whatever happens: one second try at most, within the budget, of idempotent requests, to a live one; each slot is released once',
  (all) => {
    const floor = 0.3;
    const { clock, cluster } = setUp(['a', 'b', 'c'], {
      budget: retryBudget({ ratio: 0, floorPerSecond: floor }),
    });
    const requests: HedgedExchange[] = [];
    const running = (): [HedgedExchange, Attempt][] =>
      requests.flatMap((x) =>
        x.attempts
          .filter((attempt) => !settled.has(attempt) && !x.aborted.includes(attempt))
          .map((attempt): [HedgedExchange, Attempt] => [x, attempt]),
      );
    const settled = new Set<Attempt>();
    const settle = (attempt: Attempt, outcome: Outcome): void => {
      settled.add(attempt);
      attempt.settle(outcome);
    };
    for (const [what, which] of all) {
      const picked = running();
      const [x, attempt] = picked[which % Math.max(1, picked.length)] ?? [];
      if (what === 'get' || what === 'post') {
        const request = new HedgedExchange(what === 'get');
        request.onSend = ({ endpoint }) =>
          expect(cluster.pool.member(endpoint.id)?.state).toBe('ready');
        requests.push(request);
        cluster.balancer.dispatch(request);
      } else if (what === 'pass') clock.advance(DELAY_MS / 2);
      else if (what === 'down') {
        const id = 'abc'.charAt(which % 3);
        cluster.pool.setHealth(cluster.pool.member(id)!, which > 5 ? 'down' : 'up', 'test');
      } else if (x === undefined || attempt === undefined) continue;
      else if (what === 'commit') attempt.commit();
      else if (what === 'ok') settle(attempt, OK);
      else if (what === 'fail') settle(attempt, failed({ requestSent: which % 2 === 0 }));
      else cluster.balancer.cancel(x);
      expect(cluster.pool.inFlight).toBe(running().length);
      for (const request of requests) {
        const mine = running().filter(([other]) => other === request);
        expect(mine.length).toBeLessThanOrEqual(request.idempotent ? 2 : 1);
        expect(new Set(mine.map(([, { endpoint }]) => endpoint)).size).toBe(mine.length);
        if (request.results.length > 0) expect(mine).toEqual([]);
        expect(request.results.length).toBeLessThanOrEqual(1);
      }
      const extra = requests.reduce(
        (sum, { attempts }) => sum + Math.max(0, attempts.length - 1),
        0,
      );
      expect(extra).toBeLessThanOrEqual(floor * 10);
    }
    for (let round = 0; round < 3; round++) {
      while (running().length > 0) settle(running()[0]![1], OK);
      clock.advance(10_000);
    }
    expect(cluster.pool.inFlight).toBe(0);
    expect(requests.every(({ results }) => results.length === 1)).toBe(true);
  },
);
