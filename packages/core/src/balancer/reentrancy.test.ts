/**
 * Callbacks that call back: whatever a driver does from inside one, each request ends exactly once.
 */

import { describe, expect, test } from 'vitest';
import { cyclic, failed, OK, RecordedExchange } from '../../test/support/fixtures.ts';
import { type Cluster, type ClusterOptions, createCluster } from '../cluster.ts';
import { consecutiveFailures } from '../health/outlier.ts';
import type { EndpointSpec } from '../pool.ts';
import { seededRandom } from '../random.ts';
import { classicRetries } from '../retry/policy.ts';
import { ManualClock } from '../testing/manual-clock.ts';

function cluster(
  specs: readonly EndpointSpec[],
  over: Partial<ClusterOptions> = {},
): Cluster & { clock: ManualClock } {
  const clock = new ManualClock();
  const made = createCluster({ clock, random: seededRandom(1), strategy: () => cyclic(), ...over });
  made.update(specs);
  return { ...made, clock };
}

const TWO = [{ id: 'a' }, { id: 'b' }];

describe('a request that is cancelled', () => {
  test('from inside send ends once', () => {
    const { balancer, pool, clock } = cluster(TWO);
    const x = new RecordedExchange(true, () => balancer.cancel(x));
    balancer.dispatch(x);
    expect(x.results).toMatchObject([{ kind: 'cancelled', attempts: 1 }]);
    expect([pool.inFlight, clock.pending]).toEqual([0, 0]);
  });

  test('from inside its own abort ends once', () => {
    const { balancer, pool } = cluster(TWO);
    class Nervous extends RecordedExchange {
      override abort(attempt: Parameters<RecordedExchange['abort']>[0]): void {
        super.abort(attempt);
        balancer.cancel(this);
      }
    }
    const x = new Nervous();
    balancer.dispatch(x);
    balancer.cancel(x);
    expect(x.results).toMatchObject([{ kind: 'cancelled' }]);
    expect(x.aborted).toHaveLength(1);
    expect(pool.inFlight).toBe(0);
  });

  test('while its attempt’s end is being told ends once, and is not aborted', () => {
    const x = new RecordedExchange();
    const { balancer, clock } = cluster(TWO, { observer: { settled: () => balancer.cancel(x) } });
    balancer.dispatch(x);
    x.last.settle(failed());
    expect(x.results).toMatchObject([{ kind: 'cancelled' }]);
    expect([x.aborted.length, clock.pending]).toEqual([0, 0]);
  });

  test.each([TWO, [{ id: 'a' }]])(
    'because its endpoint is marked down ends once: %j',
    (...specs) => {
      const x = new RecordedExchange(true, (attempt) => attempt.settle(failed()));
      const reasons: string[] = [];
      const { balancer, clock, pool } = cluster(specs, {
        retries: classicRetries({ retriesPerServer: 0 }),
        probe: () => () => {},
        observer: {
          event(event) {
            if (event.to !== 'down') return;
            reasons.push(event.reason);
            balancer.cancel(x);
          },
        },
      });
      for (const member of pool.members) pool.setHealth(member, 'up', 'test');
      balancer.dispatch(x);
      clock.advance(1000);
      expect(x.results).toHaveLength(1);
      expect(reasons[0]).toBe('all tries failed');
    },
  );
});

test('a queued request that is dispatched again from inside finished waits again, and is served', () => {
  const { balancer, clock, pool } = cluster([{ id: 'a', maxConnections: 1 }]);
  const [first, ...waiting] = [0, 1, 2].map(() => new RecordedExchange()) as [
    RecordedExchange,
    ...RecordedExchange[],
  ];
  for (const x of waiting) {
    x.onFinished = ({ kind }) => {
      if (kind === 'queue-timeout') balancer.dispatch(x);
    };
  }
  for (const x of [first, ...waiting]) balancer.dispatch(x);
  clock.advance(1500);
  for (const x of waiting) x.onSend = (attempt) => attempt.settle(OK);
  first.last.settle(OK);
  for (const x of waiting) {
    expect(x.results.map((result) => result.kind)).toEqual(['queue-timeout', 'ok']);
  }
  expect([balancer.queued, pool.inFlight, clock.pending]).toEqual([0, 0, 0]);
});

test('a request that is dispatched from inside finished overtakes none', () => {
  const { balancer } = cluster([{ id: 'a', maxConnections: 1 }]);
  const [first, waiting, next] = [0, 1, 2].map(() => new RecordedExchange()) as [
    RecordedExchange,
    RecordedExchange,
    RecordedExchange,
  ];
  first.onFinished = () => balancer.dispatch(next);
  balancer.dispatch(first);
  balancer.dispatch(waiting);
  first.last.settle(OK);
  expect([waiting.attempts.length, next.attempts.length]).toEqual([1, 0]);
  waiting.last.settle(OK);
  expect(next.attempts).toHaveLength(1);
});

test('nor where a retry has stood in the line before', () => {
  const { balancer, clock } = cluster([{ id: 'a', maxConnections: 1 }]);
  const [retried, busy, waiting, next] = [0, 1, 2, 3].map(() => new RecordedExchange()) as [
    RecordedExchange,
    RecordedExchange,
    RecordedExchange,
    RecordedExchange,
  ];
  balancer.dispatch(retried);
  retried.last.settle(failed());
  balancer.dispatch(busy);
  clock.advance(250);
  expect(balancer.queued).toBe(1);
  busy.last.settle(OK);
  expect(retried.attempts).toHaveLength(2);
  retried.onFinished = () => balancer.dispatch(next);
  balancer.dispatch(waiting);
  retried.last.settle(OK);
  expect([waiting.attempts.length, next.attempts.length]).toEqual([1, 0]);
});

test('a long line of requests that end at once is served without piling up calls', () => {
  const { balancer } = cluster([{ id: 'a', maxConnections: 1 }], { queueLength: 20_000 });
  const first = new RecordedExchange();
  balancer.dispatch(first);
  let served = 0;
  for (let i = 0; i < 20_000; i++) {
    const x = new RecordedExchange(true, (attempt) => attempt.settle(OK));
    x.onFinished = () => void served++;
    balancer.dispatch(x);
  }
  first.last.settle(OK);
  expect(served).toBe(20_000);
});

test('an observer that takes an endpoint out stops the very next attempt there', () => {
  const { balancer, pool } = cluster(TWO, {
    observer: { settled: (member) => pool.setAdminState(member.id, 'maintenance') },
  });
  const xs = [0, 1, 2].map(() => new RecordedExchange(true, (attempt) => attempt.settle(OK)));
  for (const x of xs) balancer.dispatch(x);
  expect(xs.map((x) => x.results[0]?.kind)).toEqual(['ok', 'ok', 'none']);
});

test('an observer that removes an endpoint at its attempt’s end frees its slot once', () => {
  const detector = consecutiveFailures(1);
  const { balancer, pool } = cluster(TWO, {
    detector,
    observer: { settled: () => pool.update([{ id: 'c' }, { id: 'd' }]) },
  });
  const x = new RecordedExchange(false);
  balancer.dispatch(x);
  x.last.settle(failed());
  pool.update([{ id: 'c' }, { id: 'd' }, { id: 'e' }, { id: 'f' }]);
  expect(new Set(pool.members.map((member) => member.slot)).size).toBe(4);
});

test('after close no timer is started, whatever still ends or changes', () => {
  const { balancer, pool, clock, close, update } = cluster(TWO, {
    detector: consecutiveFailures(1),
    probe: () => () => {},
  });
  const x = new RecordedExchange(false);
  for (const member of pool.members) pool.setHealth(member, 'up', 'test');
  balancer.dispatch(x);
  close();
  x.last.settle(failed());
  expect([x.last.endpoint, clock.pending]).toMatchObject([{ state: 'ejected' }, 0]);
  pool.setAdminState('a', 'maintenance');
  pool.setAdminState('a', 'ready');
  update([{ id: 'c' }]);
  expect(clock.pending).toBe(0);
});
