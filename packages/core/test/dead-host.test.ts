/**
 * A dead host looks idle: it fails at once, so nothing is ever in flight there, and every strategy
 * that prefers the idle prefers the dead. Only the composed stack can answer for that.
 */

import { describe, expect, test } from 'vitest';
import { consecutiveFailures, createCluster, seededRandom, strategyNamed } from '../src/index.ts';
import { ManualClock } from '../src/testing/manual-clock.ts';
import { failed, OK, RecordedExchange } from './support/fixtures.ts';

const REQUESTS = 2000;

/** Four endpoints, 20 ms of work each; `dead` refuses at once. */
function run(strategy: string, isWatched: boolean): { atDead: number; failed: number } {
  const clock = new ManualClock();
  const cluster = createCluster({
    clock,
    random: seededRandom(3),
    strategy: strategyNamed(strategy).create(),
    ...(isWatched ? { detector: consecutiveFailures(5) } : {}),
  });
  cluster.update([{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'dead' }]);
  const requests = Array.from({ length: REQUESTS }, () => new RecordedExchange());
  for (const x of requests) {
    x.onSend = (attempt) => {
      const isDead = attempt.endpoint.id === 'dead';
      const end = (): void =>
        attempt.settle(isDead ? failed({ cause: 'refused', requestSent: false }) : OK);
      if (isDead) end();
      else clock.after(20, end);
    };
    cluster.balancer.dispatch(x);
    clock.advance(5);
  }
  clock.advance(10_000);
  const attempts = requests.flatMap((x) => x.attempts);
  return {
    atDead: attempts.filter((attempt) => attempt.endpoint.id === 'dead').length,
    failed: requests.filter((x) => x.results[0]?.kind !== 'ok').length,
  };
}

describe.each(['power-of-two', 'least-connections', 'peak-ewma', 'round-robin'])(
  '%s',
  (strategy) => {
    test('leaves a dead host after 5 failures, and no request fails', () => {
      expect(run(strategy, true)).toEqual({ atDead: 5, failed: 0 });
    });
  },
);

test('without health checks the dead host draws more than its share: this is not in vain', () => {
  expect(run('least-connections', false).atDead).toBeGreaterThan(REQUESTS / 4);
});
