import { describe, expect, test } from 'vitest';
import { failed } from '../../test/support/fixtures.ts';
import { watched } from '../../test/support/probed-fleet.ts';
import type { FailureCause } from '../strategy.ts';
import { Charges, type Check } from './evidence.ts';
import type { ProbeResult } from './health-policy.ts';
import { consecutiveFailures } from './outlier.ts';

const CONNECTED: ProbeResult = { ok: true, evidence: 'connection' };
const ANSWERED: ProbeResult = { ok: true, evidence: 'answer' };
const REFUSED: ProbeResult = { ok: false, refused: true };
const SILENT: ProbeResult = { ok: false };

/** How many checks of these it takes, one after the other, until one ends the ejection. */
function neededChecks(causes: readonly FailureCause[], results: readonly ProbeResult[]): number {
  const charges = new Charges();
  for (const cause of causes) charges.failed(cause);
  charges.ejected(100);
  const check = (result: ProbeResult): Check => ({ ...result, startedMs: 100, rise: 3 });
  return results.findIndex((result) => charges.isRefutedBy(check(result))) + 1;
}

describe('an ejection', () => {
  const many = (result: ProbeResult): ProbeResult[] => Array.from({ length: 9 }, () => result);

  test.each<[readonly FailureCause[], ProbeResult, number]>([
    [['refused', 'refused'], CONNECTED, 1],
    [['refused', 'connect-timeout'], CONNECTED, 1],
    [['refused', 'connect-timeout'], ANSWERED, 1],
    [['timeout'], CONNECTED, 0],
    [['status'], CONNECTED, 0],
    [['protocol'], CONNECTED, 0],
    [['reset'], CONNECTED, 0],
    [['refused', 'reset'], CONNECTED, 0],
    // A process has died with requests in it: nothing listens after that.
    [['reset', 'refused'], CONNECTED, 1],
    [['timeout', 'refused'], CONNECTED, 0],
    [['refused', 'timeout'], CONNECTED, 0],
    [['timeout'], ANSWERED, 3],
    [['status', 'refused'], ANSWERED, 3],
    [[], CONNECTED, 0],
    [[], ANSWERED, 3],
  ])('for %j is ended by %j number %i', (causes, result, number) => {
    expect(neededChecks(causes, many(result))).toBe(number);
  });

  test('needs its checks in a row', () => {
    const mixed = [ANSWERED, ANSWERED, SILENT, ANSWERED, ANSWERED, ANSWERED];
    expect(neededChecks(['status'], mixed)).toBe(6);
  });

  test('for resets is one for a dead process once a check is refused', () => {
    expect(neededChecks(['reset'], [CONNECTED, REFUSED, CONNECTED])).toBe(3);
    expect(neededChecks(['reset', 'timeout'], [CONNECTED, REFUSED, CONNECTED])).toBe(0);
  });

  test('is not ended by a check that began before it', () => {
    const charges = new Charges();
    charges.failed('refused');
    charges.ejected(100);
    expect(charges.isRefutedBy({ ...CONNECTED, startedMs: 99, rise: 1 })).toBe(false);
    expect(charges.isRefutedBy({ ...CONNECTED, startedMs: 100, rise: 1 })).toBe(true);
  });
});

describe('in a cluster with checks', () => {
  /** Three endpoints, of which `a` is ejected after two failures of this cause. */
  function ejected(cause: FailureCause, pass: ProbeResult, rise: number) {
    const w = watched(['a', 'b', 'c'], { rise }, { detector: consecutiveFailures(2) });
    for (const id of ['a', 'b', 'c']) w.fleet.answers.set(id, pass);
    w.clock.advance(5000);
    for (let i = 0; i < 2; i++) {
      const attempt = w.pool.startAt(w.pool.member('a')!);
      if (typeof attempt !== 'string') attempt.settle(failed({ cause }));
    }
    expect(w.state('a')).toBe('ejected');
    w.fleet.probes.length = 0;
    const checksUntil = (endMs: number): number => {
      while (w.state('a') === 'ejected' && w.clock.now() < endMs) w.clock.advance(1);
      return w.fleet.probes.filter(({ id }) => id === 'a').length;
    };
    return { ...w, checksUntil };
  }

  test.each<FailureCause>(['timeout', 'status', 'protocol', 'reset'])(
    'one that is ejected for %s stays out while checks can only connect',
    (cause) => {
      const w = ejected(cause, CONNECTED, 2);
      const sinceMs = w.clock.now();
      w.checksUntil(sinceMs + 60_000);
      expect(w.clock.now() - sinceMs).toBe(30_000);
      expect(w.events.at(-1)).toMatchObject({ endpoint: 'a', reason: 'ejection over' });
    },
  );

  test('one that could not be connected to is back with the first connection', () => {
    const w = ejected('connect-timeout', CONNECTED, 2);
    expect(w.checksUntil(w.clock.now() + 20_000)).toBe(1);
    expect(w.events.at(-1)).toMatchObject({ endpoint: 'a', to: 'ready', reason: 'probe passed' });
  });

  test.each([1, 2, 4])('an answered check counts, and `rise` = %i of them are enough', (rise) => {
    const w = ejected('timeout', ANSWERED, rise);
    expect(w.checksUntil(w.clock.now() + 29_000)).toBe(rise);
  });
});
