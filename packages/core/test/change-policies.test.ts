/** Policies that change while a cluster is at work: what each change does, and what survives it. */

import { describe, expect, test } from 'vitest';
import type { Probe } from '../src/health/active.ts';
import { hysteresis } from '../src/health/hysteresis.ts';
import { consecutiveFailures } from '../src/health/outlier.ts';
import { panicBelow } from '../src/health/panic.ts';
import { slowStart } from '../src/health/slow-start.ts';
import { seededRandom } from '../src/random.ts';
import { retryBudget } from '../src/retry/budget.ts';
import { standardRetries } from '../src/retry/policy.ts';
import { failed, OK, RecordedExchange } from './support/fixtures.ts';
import { type Watched, watched } from './support/probed-fleet.ts';

/** Ejects after two failures, for 30 s. */
const TWO_FAILURES = { detector: consecutiveFailures(2) };

const states = (w: Watched): (string | undefined)[] => w.pool.members.map(({ state }) => state);

/** Without probes: all endpoints are up. */
function unprobed(ids: readonly string[], more: Parameters<typeof watched>[2] = {}): Watched {
  return watched(ids, {}, { probe: undefined, ...more });
}

/** Fails so many requests at this endpoint. */
function failAt(w: Watched, id: string, times: number): void {
  for (let i = 0; i < times; i++) {
    const attempt = w.pool.startAt(w.pool.member(id)!);
    if (typeof attempt !== 'string') attempt.settle(failed());
  }
}

/** A cluster with one endpoint of each kind of state, and a running and a queued request. */
function atWork(): Watched & { running: RecordedExchange; queued: RecordedExchange } {
  const w = watched(['ready', 'down', 'ejected', 'drain', 'maintenance'], {}, TWO_FAILURES);
  w.fleet.answers.set('down', { ok: false });
  w.clock.advance(2000);
  w.update(w.pool.members.map(({ id }) => ({ id, maxConnections: 1 })));
  w.pool.setAdminState('drain', 'drain');
  w.pool.setAdminState('maintenance', 'maintenance');
  failAt(w, 'ejected', 2);
  const [running, queued] = [new RecordedExchange(), new RecordedExchange()];
  w.balancer.dispatch(running);
  w.balancer.dispatch(queued);
  expect(states(w)).toEqual(['ready', 'down', 'ejected', 'drain', 'maintenance']);
  expect([running.last.endpoint.id, w.balancer.queued]).toEqual(['ready', 1]);
  return { ...w, running, queued };
}

const CHANGES: [string, Parameters<Watched['setPolicies']>[0]][] = [
  ['health', { health: hysteresis({ intervalMs: 100, rise: 4 }) }],
  ['health, to its default', { health: undefined }],
  ['the detector', { detector: consecutiveFailures(1) }],
  ['ejection', { ejection: { baseMs: 1000, maxPercent: 90 } }],
  ['slow start', { slowStart: slowStart({ windowMs: 1000 }) }],
  ['panic', { panic: panicBelow(1) }],
  ['retries', { retries: standardRetries(seededRandom(1), { tries: 1 }) }],
  ['the budget', { budget: retryBudget({ ratio: 0.5 }) }],
  ['the queue', { queueLength: 0, queueTimeoutMs: 60_000 }],
  ['another probe', { probe: () => () => {} }],
  ['nothing', {}],
];

describe('whatever changes', () => {
  test.each(CHANGES)('%s: states, counts, requests and limits survive', (_, change) => {
    const w = atWork();
    const before = w.pool.members.map((m) => [m, m.state, m.sinceMs, m.requests, m.inFlight]);
    const events = w.events.length;
    w.setPolicies(change);
    expect(w.pool.members.map((m) => [m, m.state, m.sinceMs, m.requests, m.inFlight])).toEqual(
      before,
    );
    expect(w.events.length).toBe(events);
    expect([w.running.results, w.queued.results, w.balancer.queued]).toEqual([[], [], 1]);
    w.running.last.settle(OK);
    expect(w.queued.last.endpoint.id).toBe('ready');
    w.queued.last.settle(OK);
    expect(w.pool.inFlight).toBe(0);
    w.close();
    expect([w.clock.pending, w.fleet.running]).toEqual([0, 0]);
  });

  test('drain and maintenance last until the operator ends them', () => {
    const w = atWork();
    for (const [, change] of CHANGES) w.setPolicies(change);
    w.setPolicies({ probe: undefined });
    w.setPolicies({ probe: w.fleet.probe });
    w.clock.advance(60_000);
    expect([w.state('drain'), w.state('maintenance')]).toEqual(['drain', 'maintenance']);
  });
});

describe('active checks', () => {
  test('switched off: every endpoint is up, ejected ones stay ejected, no probe is left', () => {
    const w = atWork();
    w.setPolicies({ probe: undefined });
    expect(states(w)).toEqual(['ready', 'ready', 'ejected', 'drain', 'maintenance']);
    expect(w.events.at(-1)).toMatchObject({ endpoint: 'down', reason: 'health checks are off' });
    const probes = w.fleet.probes.length;
    w.update([...w.pool.members.map(({ id }) => ({ id })), { id: 'new' }]);
    expect(w.state('new')).toBe('ready');
    w.clock.advance(20_000);
    expect([w.fleet.probes.length, w.fleet.running]).toEqual([probes, 0]);
  });

  test('switched on: each keeps its state until its first probe decides', () => {
    const w = unprobed(['a', 'b']);
    w.fleet.answers.set('b', { ok: false });
    w.setPolicies({ probe: w.fleet.probe });
    expect(states(w)).toEqual(['ready', 'ready']);
    w.clock.advance(20);
    expect(states(w)).toEqual(['ready', 'down']);
    w.update([{ id: 'a' }, { id: 'b' }, { id: 'new' }]);
    expect(w.state('new')).toBe('checking');
  });

  test('off and on again forget what they knew', () => {
    const w = watched(['a', 'b']);
    w.fleet.answers.set('b', { ok: false });
    w.clock.advance(100);
    w.setPolicies({ probe: undefined });
    w.setPolicies({ probe: w.fleet.probe });
    expect(states(w)).toEqual(['ready', 'ready']);
    w.clock.advance(20);
    expect(states(w)).toEqual(['ready', 'down']);
  });

  test('with another probe: running ones are stopped, all are asked anew, and need their counts', () => {
    const w = watched(['a', 'b'], { rise: 2, fall: 2 });
    w.fleet.answers.set('b', { ok: false });
    w.clock.advance(2000);
    w.fleet.answers.set('a', undefined);
    while (w.fleet.running === 0) w.clock.advance(1);
    const asked: string[] = [];
    const opposite: Probe = ({ id }, done) => {
      asked.push(id);
      done({ ok: id === 'b' });
      return () => {};
    };
    w.setPolicies({ probe: opposite });
    expect(w.fleet.running).toBe(0);
    w.clock.advance(10);
    expect([asked, states(w)]).toEqual([
      ['a', 'b'],
      ['ready', 'down'],
    ]);
    w.clock.advance(1000);
    expect(states(w)).toEqual(['down', 'ready']);
  });

  test('by another policy: the next probe is due by its interval', () => {
    const w = watched(['a'], { intervalMs: 60_000 });
    w.clock.advance(100);
    w.setPolicies({ health: hysteresis({ intervalMs: 1000 }) });
    const probes = w.fleet.probes.length;
    w.clock.advance(1000);
    expect(w.fleet.probes.length).toBeGreaterThan(probes);
    w.fleet.answers.set('a', { ok: false });
    w.setPolicies({ health: hysteresis({ intervalMs: 1000, fastIntervalMs: 1000, fall: 2 }) });
    w.clock.advance(1100);
    expect(w.state('a')).toBe('ready');
    w.clock.advance(1100);
    expect(w.state('a')).toBe('down');
  });

  test('a probe that runs while the policy changes is judged by the new one', () => {
    const w = watched(['a', 'b'], { fall: 9 });
    w.clock.advance(2000);
    w.fleet.delayMs = 50;
    w.fleet.answers.set('a', { ok: false });
    w.fleet.answers.set('b', { ok: false });
    while (w.fleet.running === 0) w.clock.advance(1);
    const { id } = w.fleet.probes.at(-1)!;
    w.setPolicies({ health: hysteresis({ fall: 1 }) });
    w.clock.advance(50);
    expect(w.state(id)).toBe('down');
    w.close();
    expect(w.clock.pending).toBe(0);
  });

  test('decide where an endpoint goes that retries gave up on', () => {
    const w = unprobed(['a', 'b']);
    expect(w.pool.members.map(({ ejections }) => ejections)).toEqual([0, 0]);
    w.setPolicies({
      probe: w.fleet.probe,
      retries: {
        isBudgeted: false,
        after: () => ({ again: 'no', marksDown: true }),
        delayMs: () => 0,
      },
    });
    w.balancer.dispatch(new RecordedExchange(true, (attempt) => attempt.settle(failed())));
    expect(states(w)).toEqual(['down', 'ready']);
    w.setPolicies({ probe: undefined });
    w.balancer.dispatch(new RecordedExchange(true, (attempt) => attempt.settle(failed())));
    expect(states(w).sort()).toEqual(['ejected', 'ready']);
  });
});

describe('passive health', () => {
  test('by another detector: what was counted is forgotten, the ejected stay out for their time', () => {
    const w = unprobed(['a', 'b', 'c', 'd'], TWO_FAILURES);
    failAt(w, 'a', 2);
    failAt(w, 'b', 1);
    w.setPolicies({ detector: consecutiveFailures(2) });
    failAt(w, 'b', 1);
    expect(states(w)).toEqual(['ejected', 'ready', 'ready', 'ready']);
    failAt(w, 'b', 1);
    expect(w.state('b')).toBe('ejected');
    w.clock.advance(30_000);
    expect(states(w)).toEqual(['ready', 'ready', 'ready', 'ready']);
  });

  test('switched off: all return, and none is ejected any more', () => {
    const w = unprobed(['a', 'b', 'c', 'd'], TWO_FAILURES);
    failAt(w, 'a', 2);
    w.setPolicies({ detector: undefined });
    expect(w.state('a')).toBe('ready');
    expect(w.events.at(-1)).toMatchObject({ from: 'ejected', reason: 'passive health is off' });
    failAt(w, 'b', 9);
    expect(w.state('b')).toBe('ready');
    expect(w.clock.pending).toBe(0);
  });

  test('with a lower share: those that would return first do so at once', () => {
    const w = unprobed(['a', 'b', 'c', 'd'], TWO_FAILURES);
    failAt(w, 'a', 2);
    w.clock.advance(1000);
    failAt(w, 'b', 2);
    w.setPolicies({ ejection: { maxPercent: 25 } });
    expect(states(w)).toEqual(['ready', 'ejected', 'ready', 'ready']);
  });

  test('with other times: running ejections keep their end, later ones are as long as it says', () => {
    const w = unprobed(['a', 'b', 'c', 'd'], TWO_FAILURES);
    failAt(w, 'a', 2);
    w.setPolicies({ ejection: { baseMs: 1000 } });
    w.clock.advance(29_999);
    expect(w.state('a')).toBe('ejected');
    w.clock.advance(1);
    expect(w.state('a')).toBe('ready');
    failAt(w, 'b', 2);
    w.clock.advance(1000);
    expect(w.state('b')).toBe('ready');
  });
});

describe('slow start', () => {
  test('switched on: what is ready stays at its full share, what comes back warms up', () => {
    const w = unprobed(['a']);
    w.update([{ id: 'a' }, { id: 'b' }]);
    w.setPolicies({ slowStart: slowStart({ windowMs: 10_000 }) });
    expect(w.pool.members.map((m) => m.effectiveWeight)).toEqual([1, 1]);
    w.pool.setAdminState('b', 'drain');
    w.pool.setAdminState('b', 'ready');
    expect(w.pool.member('b')?.effectiveWeight).toBe(1);
    w.update([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
    expect(w.pool.member('c')?.effectiveWeight).toBe(0.1);
  });

  test('changed or switched off: an endpoint that warms up goes on by the new value', () => {
    const w = unprobed(['a'], { slowStart: slowStart({ windowMs: 10_000 }) });
    w.update([{ id: 'a' }, { id: 'b' }]);
    w.clock.advance(5000);
    w.setPolicies({ slowStart: slowStart({ windowMs: 20_000 }) });
    expect(w.pool.member('b')?.effectiveWeight).toBe(0.25);
    w.setPolicies({ slowStart: undefined });
    expect(w.pool.member('b')?.effectiveWeight).toBe(1);
  });
});

test('panic: takes effect at once, for those that wait too', () => {
  const w = unprobed(['a', 'b', 'c', 'd'], { ...TWO_FAILURES, ejection: { maxPercent: 75 } });
  for (const id of ['b', 'c', 'd']) failAt(w, id, 2);
  w.update(w.pool.members.map(({ id }) => ({ id, maxConnections: 1 })));
  const [first, second] = [new RecordedExchange(), new RecordedExchange()];
  w.balancer.dispatch(first);
  w.balancer.dispatch(second);
  expect([w.pool.ready.length, w.balancer.queued]).toEqual([1, 1]);
  w.setPolicies({ panic: panicBelow(50) });
  expect([w.pool.ready.length, w.balancer.queued, second.attempts.length]).toEqual([4, 0, 1]);
});

describe('retries and queue', () => {
  test('other retries hold from the next failure on; one that was granted is made', () => {
    const w = unprobed(['a', 'b', 'c']);
    const x = new RecordedExchange();
    w.balancer.dispatch(x);
    x.last.settle(failed());
    w.setPolicies({ retries: standardRetries(seededRandom(1), { tries: 2 }) });
    w.clock.advance(1000);
    expect(x.attempts).toHaveLength(2);
    x.last.settle(failed());
    expect(x.results).toMatchObject([{ kind: 'failed', attempts: 2 }]);
    w.setPolicies({ retries: undefined });
    const refused = failed({ cause: 'refused', requestSent: false });
    const y = new RecordedExchange(true, (attempt) => attempt.settle(refused));
    w.balancer.dispatch(y);
    w.clock.advance(1000);
    expect(y.results).toMatchObject([{ kind: 'failed', attempts: 3 }]);
  });

  test('another budget begins with nothing spent', () => {
    const w = unprobed(['a', 'b', 'c'], { budget: retryBudget({ ratio: 0, floorPerSecond: 0 }) });
    const x = new RecordedExchange();
    w.balancer.dispatch(x);
    expect(w.balancer.wouldRetry(x, failed())).toBe(false);
    w.setPolicies({ budget: undefined });
    expect(w.balancer.wouldRetry(x, failed())).toBe(true);
  });

  test('a shorter queue keeps those that wait and takes no more; another timeout holds for all', () => {
    const w = unprobed(['a']);
    w.update([{ id: 'a', maxConnections: 1 }]);
    const xs = Array.from({ length: 4 }, () => new RecordedExchange());
    for (const x of xs.slice(0, 3)) w.balancer.dispatch(x);
    w.clock.advance(400);
    w.setPolicies({ queueLength: 1, queueTimeoutMs: 500 });
    expect(w.balancer.queued).toBe(2);
    w.balancer.dispatch(xs[3]!);
    expect(xs[3]!.results).toMatchObject([{ kind: 'queue-full' }]);
    w.clock.advance(99);
    expect(w.balancer.queued).toBe(2);
    w.clock.advance(1);
    expect(xs[1]!.results).toMatchObject([{ kind: 'queue-timeout' }]);
    expect(w.balancer.queued).toBe(0);
  });

  test('a timeout below what was waited already ends the wait at once', () => {
    const w = unprobed(['a']);
    w.update([{ id: 'a', maxConnections: 1 }]);
    const xs = [new RecordedExchange(), new RecordedExchange()];
    for (const x of xs) w.balancer.dispatch(x);
    w.clock.advance(400);
    w.setPolicies({ queueTimeoutMs: 300 });
    w.clock.advance(0);
    expect(xs[1]!.results).toMatchObject([{ kind: 'queue-timeout' }]);
    xs[0]!.last.settle(OK);
    expect(w.clock.pending).toBe(0);
  });
});
