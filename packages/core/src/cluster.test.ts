import { describe, expect, test } from 'vitest';
import { cyclic } from '../test/support/fixtures.ts';
import { createCluster } from './cluster.ts';
import { seededRandom } from './random.ts';
import { ManualClock } from './testing/manual-clock.ts';

describe('a cluster without a probe', () => {
  function unprobed() {
    const clock = new ManualClock();
    const cluster = createCluster({ clock, random: seededRandom(1), strategy: () => cyclic() });
    cluster.update([{ id: 'a' }, { id: 'b' }]);
    return { ...cluster, clock };
  }

  test('counts all endpoints as up: a session stays with its endpoint while that drains', () => {
    const { pool } = unprobed();
    expect(pool.members.map(({ state }) => state)).toEqual(['ready', 'ready']);
    pool.setAdminState('a', 'drain');
    const attempt = pool.start({ hash: 0, idempotent: true, affinity: 'a' }, []);
    expect(typeof attempt === 'string' ? attempt : attempt.endpoint.id).toBe('a');
  });

  test('has nothing to stop when it is closed', () => {
    const { close, clock } = unprobed();
    close();
    expect(clock.pending).toBe(0);
  });
});
