/** Where none is known to serve: which are tried, in which order, and how that ends. */

import { describe, expect, test } from 'vitest';
import { failed, OK, RecordedExchange } from '../../test/support/fixtures.ts';
import { type ClusterPolicies, createCluster } from '../cluster.ts';
import { consecutiveFailures } from '../health/outlier.ts';
import type { PoolEvent } from '../pool.ts';
import { seededRandom } from '../random.ts';
import { strategyNamed } from '../strategies/index.ts';
import type { Failed, FailureCause } from '../strategy.ts';
import { ManualClock } from '../testing/manual-clock.ts';

const CAUSES: readonly FailureCause[] = ['refused', 'timeout', 'status', 'reset'];
const STRATEGIES = ['round-robin', 'least-connections', 'power-of-two', 'random', 'peak-ewma'];
const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** One try, and what the events before it had said of its endpoint. */
interface Try {
  readonly id: string;
  readonly request: number;
  readonly isOk: boolean;
  readonly known: string;
}

/** So many endpoints without checks, of which those in `dead` fail whatever they are sent. */
class Fleet {
  readonly clock = new ManualClock();
  readonly dead: Set<string>;
  readonly tries: Try[] = [];
  readonly events: PoolEvent[] = [];
  readonly cluster;
  readonly #failure: Failed;
  #requests = 0;

  constructor(
    count: number,
    strategy: string,
    cause: FailureCause,
    policies: ClusterPolicies = {},
  ) {
    const ids = IDS.slice(0, count);
    this.dead = new Set(ids);
    this.#failure = failed({ cause, requestSent: cause !== 'refused' });
    this.cluster = createCluster({
      clock: this.clock,
      random: seededRandom(7),
      strategy: strategyNamed(strategy).create(),
      detector: consecutiveFailures(5),
      observer: { event: (event) => void this.events.push(event) },
      ...policies,
    });
    this.cluster.update(ids.map((id) => ({ id })));
  }

  /** Sends so many requests, one after the other, 100 ms apart. @returns those that were served */
  send(count: number): number {
    let served = 0;
    for (let i = 0; i < count; i++) {
      const request = this.#requests++;
      const x = new RecordedExchange(true, (attempt) => {
        const { id } = attempt.endpoint;
        const isOk = !this.dead.has(id);
        this.tries.push({ id, request, isOk, known: this.#known(id, attempt.afterEvent) });
        attempt.settle(isOk ? OK : this.#failure);
      });
      this.cluster.balancer.dispatch(x);
      this.clock.advance(100);
      if (x.results[0]?.kind === 'ok') served += 1;
    }
    return served;
  }

  #known(id: string, seq: number): string {
    const event = this.events.findLast((one) => one.endpoint === id && one.seq <= seq);
    return event?.to ?? 'ready';
  }
}

const worlds = [2, 3, 4, 6].flatMap((count) =>
  STRATEGIES.flatMap((strategy) => CAUSES.map((cause) => [count, strategy, cause] as const)),
);

describe.each(worlds)('%i endpoints, %s, all fail with %s', (count, strategy, cause) => {
  const ids = IDS.slice(0, count);

  test.each(ids)('and %s is back: within a round it serves, and it goes on', (back) => {
    const fleet = new Fleet(count, strategy, cause);
    fleet.send(100);
    fleet.dead.delete(back);
    fleet.tries.length = 0;
    fleet.send(200);
    const first = fleet.tries.findIndex(({ isOk }) => isOk);
    expect(first).toBeGreaterThanOrEqual(0);
    expect(first).toBeLessThan(count);
    const after = fleet.tries.slice(first);
    // As many as may are out again after one failure; those that the cap keeps in are tried once a second.
    const kept = count - 1 - Math.floor(count / 2);
    const most = count + kept * 21;
    expect(after.filter(({ isOk }) => !isOk).length).toBeLessThanOrEqual(most);
  });

  test('no endpoint is tried twice running, within a request and over requests; all get equal shares', () => {
    const fleet = new Fleet(count, strategy, cause);
    fleet.send(100);
    fleet.tries.length = 0;
    fleet.send(100);
    const tried = fleet.tries.map(({ id }) => id);
    expect(tried.filter((id, i) => id === tried[i + 1])).toEqual([]);
    const shares = ids.map((one) => tried.filter((id) => id === one).length);
    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
  });

  test('and all are back: with the first success none is out, and none fails any more', () => {
    const fleet = new Fleet(count, strategy, cause);
    fleet.send(100);
    fleet.dead.clear();
    expect(fleet.send(100)).toBe(100);
    expect(fleet.cluster.pool.ready).toHaveLength(count);
  });

  test('none is tried while the last event calls it ejected, and there are few events', () => {
    const fleet = new Fleet(count, strategy, cause);
    fleet.send(300);
    expect(fleet.tries.filter(({ known }) => known !== 'ready')).toEqual([]);
    expect(fleet.events.filter(({ type }) => type === 'state').length).toBeLessThanOrEqual(count);
  });
});

describe('where none is known to serve', () => {
  /** Six that fail; the last three must not be tried. */
  function withUnfit(): Fleet {
    const fleet = new Fleet(6, 'round-robin', 'timeout', { ejection: { maxPercent: 100 } });
    fleet.send(100);
    const { pool } = fleet.cluster;
    pool.setHealth(pool.member('d')!, 'down', 'test');
    pool.setAdminState('e', 'drain');
    pool.setAdminState('f', 'maintenance');
    return fleet;
  }

  test('one that is down, in drain or in maintenance is not tried', () => {
    const fleet = withUnfit();
    fleet.tries.length = 0;
    fleet.send(60);
    expect(new Set(fleet.tries.map(({ id }) => id))).toEqual(new Set(['a', 'b', 'c']));
  });

  test('one that checks find up again is the first that is back', () => {
    const fleet = withUnfit();
    const { pool } = fleet.cluster;
    fleet.dead.clear();
    pool.setHealth(pool.member('d')!, 'up', 'probe passed');
    fleet.send(10);
    for (const id of ['a', 'b', 'c', 'd']) expect(pool.member(id)?.state).toBe('ready');
  });

  test('one that fails again serves the rest of its term, not a longer one', () => {
    const fleet = new Fleet(2, 'round-robin', 'timeout');
    fleet.send(20);
    const out = fleet.events.find(({ to }) => to === 'ejected')!;
    const other = out.endpoint === 'a' ? 'b' : 'a';
    fleet.dead.delete(other);
    fleet.send(10);
    expect(fleet.cluster.pool.member(out.endpoint)?.state).toBe('ejected');
    while (fleet.cluster.pool.member(out.endpoint)?.state === 'ejected') fleet.clock.advance(1);
    expect(fleet.clock.now()).toBe(out.atMs + 30_000);
  });

  test('an endpoint that has not served since gets one request at a time beside one that has', () => {
    const fleet = new Fleet(2, 'round-robin', 'timeout');
    fleet.send(20);
    const { balancer, pool } = fleet.cluster;
    fleet.dead.clear();
    fleet.dead.add('a');
    // `a` does not answer; the others end at once.
    const send = (): string => {
      const x = new RecordedExchange(false, (attempt) => {
        if (attempt.endpoint.id !== 'a') attempt.settle(OK);
      });
      balancer.dispatch(x);
      return x.last.endpoint.id;
    };
    while (send() !== 'b');
    const atA = pool.member('a')!.inFlight;
    for (let i = 0; i < 50; i++) send();
    expect(pool.member('a')!.inFlight).toBe(Math.max(1, atA));
  });
});
