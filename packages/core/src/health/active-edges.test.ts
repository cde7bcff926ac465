/**
 * Active checks where something else happens at the same time, or the probe is not as it should be.
 */

import { describe, expect, test } from 'vitest';
import { cyclic, failed, RecordedExchange } from '../../test/support/fixtures.ts';
import { ProbedFleet, watched } from '../../test/support/probed-fleet.ts';
import { EndpointPool } from '../pool/endpoint-pool.ts';
import { seededRandom } from '../random.ts';
import { classicRetries } from '../retry/policy.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { ActiveHealth, type Probe } from './active.ts';
import type { ProbeResult } from './health-policy.ts';
import { hysteresis } from './hysteresis.ts';

/** The first failure of a request takes its endpoint out. */
const AT_ONCE = { retries: classicRetries({ retriesPerServer: 0 }) };

/** A request that fails wherever it is sent. */
function failing(): RecordedExchange {
  return new RecordedExchange(true, (attempt) => attempt.settle(failed()));
}

describe('one that the balancer gave up on', () => {
  test('is down, not ejected, and needs its passes, the first within the down interval', () => {
    const w = watched(['a', 'b', 'c'], {}, AT_ONCE);
    w.clock.advance(2000);
    const x = failing();
    w.balancer.dispatch(x);
    const id = x.last.endpoint.id;
    expect([w.state(id), w.pool.member(id)?.ejections]).toEqual(['down', 0]);
    w.fleet.probes.length = 0;
    w.clock.advance(502);
    expect(w.fleet.probes.filter((probe) => probe.id === id)).toHaveLength(1);
    expect(w.state(id)).toBe('down');
    w.clock.advance(502);
    expect(w.state(id)).toBe('ready');
  });

  test('has never more than one probe running', () => {
    const w = watched(['a', 'b'], {}, AT_ONCE);
    w.clock.advance(2000);
    for (const id of ['a', 'b']) w.fleet.answers.set(id, undefined);
    while (w.fleet.running === 0) w.clock.advance(1);
    const { id } = w.fleet.probes.at(-1)!;
    const x = failing();
    for (let tries = 0; w.state(id) !== 'down' && tries < 4; tries++) w.balancer.dispatch(x);
    w.fleet.probes.length = 0;
    w.clock.advance(1500);
    expect(w.fleet.probes.filter((probe) => probe.id === id)).toEqual([]);
  });

  test('may be in maintenance by then', () => {
    const w = watched(['a', 'b'], {}, AT_ONCE);
    w.clock.advance(2000);
    const x = new RecordedExchange();
    w.balancer.dispatch(x);
    const first = x.last;
    w.pool.setAdminState(first.endpoint.id, 'maintenance');
    first.settle(failed());
    w.clock.advance(10);
    expect(w.state(first.endpoint.id)).toBe('maintenance');
    expect(x.last.endpoint).not.toBe(first.endpoint);
  });
});

describe('the schedule', () => {
  test('asks each of many newcomers within the first second', () => {
    const ids = Array.from({ length: 300 }, (_, i) => `e${i}`);
    const w = watched(ids);
    w.clock.advance(1000);
    expect(new Set(w.fleet.probes.map((probe) => probe.id)).size).toBe(300);
  });

  test('does not stay in step after all died at once: one that returns is found within a share of the interval', () => {
    const ids = Array.from({ length: 20 }, (_, i) => `e${i}`);
    const intervalMs = 1000;
    const w = watched(ids, { intervalMs, fastIntervalMs: intervalMs });
    w.clock.advance(5000);
    for (const id of ids) w.fleet.answers.set(id, { ok: false, refused: true });
    const refused = failed({ cause: 'refused', requestSent: false });
    while (w.pool.ready.length > 0) {
      const tried = new RecordedExchange(true, (attempt) => attempt.settle(refused));
      w.balancer.dispatch(tried);
      w.clock.advance(1);
    }
    w.clock.advance(10);
    w.fleet.probes.length = 0;
    w.clock.advance(intervalMs);
    // Tenths of the interval in which one was probed: in step it would be one or two of them.
    const startMs = w.clock.now() - intervalMs;
    const tenths = new Set(
      w.fleet.probes.map(({ atMs }) => Math.floor((10 * (atMs - startMs)) / intervalMs)),
    );
    expect(tenths.size).toBeGreaterThanOrEqual(6);
  });

  test('can be laid over a pool at work, and takes over what that knows', () => {
    const clock = new ManualClock();
    const random = seededRandom(1);
    const pool = new EndpointPool({ clock, random, strategy: cyclic() });
    pool.update([{ id: 'a' }, { id: 'b' }]);
    pool.setHealth(pool.member('a')!, 'down', 'known');
    const fleet = new ProbedFleet(clock);
    for (const id of ['a', 'b']) fleet.answers.set(id, { ok: true });
    const { probe } = fleet;
    const active = new ActiveHealth({ pool, clock, random, probe, policy: hysteresis() });
    clock.advance(10);
    expect(fleet.probes.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(pool.member('a')?.state).toBe('down');
    clock.advance(502);
    expect(pool.member('a')?.state).toBe('ready');
    active.close();
    expect(clock.pending).toBe(0);
  });

  test('once closed is not woken by traffic', () => {
    const w = watched(['a', 'b']);
    w.clock.advance(2000);
    const attempt = w.pool.startAt(w.pool.member('a')!);
    w.close();
    if (typeof attempt !== 'string') attempt.settle(failed({ cause: 'refused' }));
    expect([w.clock.pending, w.fleet.running]).toEqual([0, 0]);
  });

  test('is over for one that an observer of its last probe removes', () => {
    const w = watched(
      ['a', 'b'],
      {},
      {
        observer: {
          event: ({ endpoint, to }) => {
            if (endpoint === 'a' && to === 'down') w.update([{ id: 'b' }]);
          },
        },
      },
    );
    w.clock.advance(100);
    w.fleet.answers.set('a', { ok: false });
    w.clock.advance(20_000);
    expect(w.pool.members.map(({ id }) => id)).toEqual(['b']);
    w.fleet.probes.length = 0;
    w.clock.advance(20_000);
    expect(new Set(w.fleet.probes.map((probe) => probe.id))).toEqual(new Set(['b']));
  });

  test('says why a state has changed', () => {
    const w = watched(['a', 'b', 'c'], { fall: 1, rise: 1 });
    w.clock.advance(100);
    w.fleet.answers.set('a', { ok: false, detail: 'status 500' });
    w.fleet.answers.set('b', { ok: false });
    w.fleet.answers.set('c', undefined);
    w.clock.advance(8000);
    w.fleet.answers.set('a', { ok: true });
    w.clock.advance(1000);
    const reasons = (id: string): string[] =>
      w.events
        .filter(({ endpoint, type }) => endpoint === id && type === 'state')
        .map(({ to, reason }) => `${to}: ${reason}`);
    expect(reasons('a')).toEqual([
      'ready: probe passed',
      'down: probe failed: status 500',
      'ready: probe passed',
    ]);
    expect(reasons('b')).toEqual(['ready: probe passed', 'down: probe failed: no answer']);
    expect(reasons('c')).toEqual([
      'ready: probe passed',
      'down: probe failed: no answer within 2000 ms',
    ]);
  });
});

describe('a probe that breaks its promises', () => {
  /** What was counted of the probes of one endpoint, whose probe is `probe`. */
  function counted(probe: Probe) {
    const results: ProbeResult[] = [];
    const onProbe = (_: unknown, result: ProbeResult): void => void results.push(result);
    return { ...watched(['a'], {}, { probe, onProbe }), results };
  }

  test('by answering twice is counted once', () => {
    const w = counted((_, done) => {
      done({ ok: true });
      done({ ok: false });
      return () => {};
    });
    w.clock.advance(1);
    expect(w.results).toEqual([{ ok: true }]);
  });

  test('by answering when it is told that its time is over is counted once', () => {
    const w = counted((_, done) => () => done({ ok: false, detail: 'told to stop' }));
    w.clock.advance(2001);
    expect(w.results).toHaveLength(1);
  });

  test('by answering when it is stopped for good is not counted', () => {
    const w = counted((_, done) => () => done({ ok: true }));
    w.clock.advance(1);
    w.update([]);
    w.close();
    expect(w.results).toEqual([]);
  });
});

describe('a probe that could not be made for want of something of our own', () => {
  test('is no evidence: states and counts stay, and the next one follows as planned', () => {
    const w = watched(['a', 'b'], { intervalMs: 1000, fall: 2 });
    w.clock.advance(2000);
    const before = w.events.length;
    w.fleet.answers.set('a', { ok: false, inconclusive: true, detail: 'EMFILE' });
    w.fleet.probes.length = 0;
    w.clock.advance(10_000);
    expect(w.fleet.probes.filter(({ id }) => id === 'a').length).toBeGreaterThan(5);
    expect(w.events.slice(before)).toEqual([]);
    expect(w.state('a')).toBe('ready');
    w.fleet.answers.set('a', { ok: false });
    w.clock.advance(4000);
    expect(w.state('a')).toBe('down');
    w.fleet.answers.set('a', { ok: false, inconclusive: true });
    w.clock.advance(10_000);
    expect(w.state('a')).toBe('down');
  });
});
